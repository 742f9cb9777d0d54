//! What the derives make.

use std::sync::Arc;

use kysera::ast::{DataType, ReferentialAction};
use kysera::driver::{ColumnInfo, Rows};
use kysera::table::{DefaultValue, Generated, Insertable, Patch, Table as _, TableDescription};
use kysera::types::SqlType as _;
use kysera::value::Kind;
use kysera::{FromRow, SqlType, Table, Value, alias};

#[derive(Debug, Clone, PartialEq, Table)]
pub struct User {
    #[column(primary_key, generated)]
    pub id: i64,
    #[column(unique, type = "varchar(40)")]
    pub email: String,
    pub boss: Option<i64>,
    #[column(generated)]
    pub nick: Option<String>,
    #[column(generated = "always")]
    pub serial: i32,
}

/// A result of one row.
fn row(columns: &[(&str, Value)]) -> Rows {
    let infos: Arc<[ColumnInfo]> = columns.iter().map(|(name, _)| ColumnInfo::new(*name)).collect();
    let mut rows = Rows::new(infos);
    columns.iter().for_each(|(_, value)| rows.push(value.clone()));
    rows
}

fn by_name<T: kysera::table::FromRow>(columns: &[(&str, Value)]) -> kysera::Result<T> {
    T::from_row(&mut row(columns).iter_mut().next().unwrap())
}

fn inserted(new: impl Insertable) -> Vec<(usize, Option<Value>)> {
    new.into_values().into_iter().enumerate().collect()
}

fn patched(patch: impl Patch) -> Vec<(usize, Value)> {
    patch.into_values().into_iter().enumerate().filter_map(|(at, value)| Some((at, value?))).collect()
}

#[test]
fn a_table_describes_itself() {
    let TableDescription { schema, name, columns } = users::table::DESCRIPTION;
    assert!(schema.is_none());
    assert_eq!(name.text(), "users");
    assert!(std::ptr::eq(users::table::DESCRIPTION, users::table.description()), "there is one description");
    let names: Vec<_> = columns.iter().map(|it| it.name.text()).collect();
    assert_eq!(names, ["id", "email", "boss", "nick", "serial"]);
    let types: Vec<_> = columns.iter().map(|it| it.data_type.clone()).collect();
    assert_eq!(types, [DataType::BigInt, DataType::Varchar(40), DataType::BigInt, DataType::Text, DataType::Integer]);
    assert_eq!(columns.iter().map(|it| it.nullable).collect::<Vec<_>>(), [false, false, true, true, false]);
    let generated: Vec<_> = columns.iter().map(|it| it.generated).collect();
    let (never, by_default, always) = (Generated::Never, Generated::ByDefault, Generated::Always);
    assert_eq!(generated, [by_default, never, never, by_default, always]);
    assert!(columns[0].primary_key && !columns[1].primary_key);
    assert!(columns[1].unique && !columns[0].unique);
    assert_eq!(users::table::SHAPE.width, 5);
    assert_eq!(users::table::SHAPE.never_null, Some(0));
    assert!(std::ptr::eq(users::email.description(), &columns[1]));
    assert_eq!(format!("{:?}", users::email), "users.email");
}

#[test]
fn an_insert_gives_what_is_not_generated_always() {
    let text = |text: &str| Some(Value::from(text));
    let nothing = |kind| Some(Value::Null(kind));
    assert_eq!(
        inserted(NewUser::new("ann@x.io")),
        [(0, None), (1, text("ann@x.io")), (2, nothing(Kind::I64)), (3, None), (4, None)]
    );
    let new = NewUser { id: Some(7), boss: Some(1), nick: Some(None), ..NewUser::new("ann@x.io") };
    assert_eq!(
        inserted(new),
        [
            (0, Some(Value::I64(7))),
            (1, text("ann@x.io")),
            (2, Some(Value::I64(1))),
            (3, nothing(Kind::Text)),
            (4, None)
        ]
    );
}

#[test]
fn a_patch_tells_leaving_alone_from_null() {
    assert_eq!(patched(UserPatch::default()), []);
    let patch = UserPatch { email: Some("x".into()), boss: Some(None), ..UserPatch::default() };
    assert_eq!(patched(patch), [(1, Value::from("x")), (2, Value::Null(Kind::I64))]);
}

#[test]
fn a_row_is_read_by_place_and_by_name() {
    let ann = User { id: 1, email: "a".into(), boss: None, nick: Some("Ann".into()), serial: 9 };
    let columns = [
        ("serial", Value::I32(9)),
        ("nick", Value::from("Ann")),
        ("id", Value::I64(1)),
        ("boss", Value::Null(Kind::Unknown)),
        ("email", Value::from("a")),
    ];
    assert_eq!(by_name::<User>(&columns).unwrap(), ann);
    let missing = by_name::<User>(&columns[..4]).unwrap_err();
    assert!(missing.is_decode());
    assert_eq!(missing.to_string(), "the result has no column `email`; it has `serial`, `nick`, `id`, `boss`");

    let in_place = [&columns[2], &columns[4], &columns[3], &columns[1], &columns[0]].map(Clone::clone);
    let mut rows = row(&in_place);
    let mut reader = rows.iter_mut().next().unwrap().reader();
    assert_eq!(users::table::read(&mut reader).unwrap(), ann);
    assert!(reader.rest().is_empty());
}

mod schema {
    use super::{SqlType, Table};

    #[derive(Debug, Clone, PartialEq, SqlType)]
    pub(crate) struct Cents(pub(crate) i64);

    #[derive(Debug, Clone, Table)]
    #[expect(dead_code, reason = "its description is tested, not its values")]
    #[table(name = "we\"ird `table`", schema = "my schema", module = "r#type")]
    pub(crate) struct Hostile {
        #[column(primary_key)]
        pub(crate) r#type: i64,
        #[column(name = "table", references(self::r#type::r#type, on_delete = cascade, on_update = "set null"))]
        pub(super) table_: Option<i64>,
        #[column(name = "a`b\"c", default = "it's")]
        pub(crate) quoted: String,
        #[column(name = "`](http://example.com) <b>\n", default = now)]
        pub(crate) doc: String,
        #[column(default = true)]
        flag: bool,
        #[column(default = -7)]
        seven: i16,
        #[column(default = 1.5)]
        half: f64,
        #[column(default_sql = "gen_random_uuid()", type_name = "mood")]
        mood: String,
        #[column(generated_sql = "seven * 2")]
        twice: i32,
        #[column(type = "numeric(10, 2)")]
        price: i64,
        #[column(type = kysera::ast::DataType::Varchar(3))]
        code: Option<String>,
        cents: Cents,
        row: super::schema::Cents,
        name: ::std::string::String,
    }
}

#[test]
fn names_that_are_no_identifiers() {
    use schema::r#type;
    let TableDescription { schema, name, columns } = r#type::table::DESCRIPTION;
    assert_eq!(schema.unwrap().text(), "my schema");
    assert_eq!(name.text(), "we\"ird `table`");
    assert_eq!(r#type::r#type.name(), "type");
    // The table's name is checked each time it is written, so nothing of it is known to be harmless.
    assert_eq!(columns[0].name.quoted('"'), None);
    assert_eq!(r#type::table_.name(), "table");
    assert_eq!(r#type::quoted.name(), "a`b\"c");
    assert_eq!(r#type::doc.name(), "`](http://example.com) <b>\n");
    let reference = columns[1].references.unwrap();
    assert!(std::ptr::eq((reference.table)(), r#type::table::DESCRIPTION));
    assert_eq!((reference.column)(), "type");
    assert_eq!(reference.on_delete, ReferentialAction::Cascade);
    assert_eq!(reference.on_update, ReferentialAction::SetNull);
}

#[test]
fn defaults_and_types() {
    let columns = schema::r#type::table::DESCRIPTION.columns;
    let defaults: Vec<_> = columns[2..9].iter().map(|it| (it.default, it.generated)).collect();
    let default = |it| (Some(it), Generated::ByDefault);
    assert_eq!(
        defaults,
        [
            default(DefaultValue::Text("it's")),
            default(DefaultValue::Now),
            default(DefaultValue::Bool(true)),
            default(DefaultValue::Integer(-7)),
            default(DefaultValue::Sql("1.5")),
            default(DefaultValue::Sql("gen_random_uuid()")),
            (None, Generated::Always),
        ]
    );
    assert_eq!(columns[8].expression, Some("seven * 2"));
    assert!(matches!(columns[7].data_type, DataType::Named(name) if name.as_str() == "mood"));
    assert_eq!(*columns[9].data_type, DataType::Decimal { precision: 10, scale: 2 });
    assert_eq!(*columns[10].data_type, DataType::Varchar(3));
    assert!(columns[10].nullable);
    assert_eq!(*columns[11].data_type, DataType::BigInt);
}

/// A table whose attributes are passed on by another macro.
macro_rules! table_by_macro {
    ($name:literal, $type:literal, $text:literal, $negative:literal, $positive:literal, $yes:expr, $now:expr) => {
        #[allow(dead_code, reason = "only its description is looked at")]
        #[derive(Debug, Table)]
        #[table(name = $name)]
        struct Passed {
            #[column(primary_key, name = $name)]
            id: i64,
            #[column(type = $type, default = $text)]
            text: String,
            #[column(default = $negative)]
            negative: i32,
            #[column(default = -$positive)]
            negated: f64,
            #[column(default = $yes)]
            yes: bool,
            #[column(default = $now)]
            at: String,
        }
    };
}

#[test]
fn attributes_may_be_passed_on_by_a_macro() {
    table_by_macro!("passed", "varchar(7)", "it's", -7, 1.5, true, now);
    let columns = passed::table::DESCRIPTION.columns;
    assert_eq!(columns[0].name.text(), "passed");
    assert_eq!(*columns[1].data_type, DataType::Varchar(7));
    let defaults: Vec<_> = columns[1..].iter().map(|it| it.default).collect();
    let values = [
        DefaultValue::Text("it's"),
        DefaultValue::Integer(-7),
        DefaultValue::Sql("-1.5"),
        DefaultValue::Bool(true),
        DefaultValue::Now,
    ];
    assert_eq!(defaults, values.map(Some));
}

#[test]
fn the_parts_of_a_table_in_a_module_are_within_reach() {
    let new = schema::NewHostile::new(1, 5, schema::Cents(1), schema::Cents(2), "x");
    let new = schema::NewHostile { quoted: Some("q".into()), seven: Some(3), ..new };
    let values = inserted(new);
    assert_eq!(values.len(), 14);
    assert_eq!(values[0], (0, Some(Value::I64(1))));
    assert_eq!(values[3], (3, None));
    assert_eq!(values[8], (8, None), "it is always generated");
    assert_eq!(values[9], (9, Some(Value::I64(5))));
    let patch = schema::HostilePatch { seven: Some(4), ..Default::default() };
    assert_eq!(patched(patch), [(5, Value::I16(4))]);
}

#[test]
fn a_table_may_stand_in_a_function() {
    use std::string::String as Text;

    #[derive(Debug, Clone, Copy, PartialEq, SqlType)]
    enum Mood {
        Happy,
        VerySad,
    }

    #[derive(Debug, PartialEq, Table)]
    struct Person {
        id: i64,
        mood: Mood,
        name: Text,
        #[column(references(people::id))]
        friend: Option<i64>,
        #[column(references(users::id))]
        user: Option<i64>,
    }

    #[derive(Debug, PartialEq, Table)]
    #[table(name = "people")]
    struct Human {
        #[column(generated)]
        id: i64,
        mood: Option<Mood>,
    }

    assert_eq!(persons::table::DESCRIPTION.name.text(), "persons");
    assert_eq!(inserted(NewPerson::new(1, Mood::Happy, "x"))[1], (1, Some(Value::from("happy"))));
    assert_eq!((persons::friend.description().references.unwrap().column)(), "id");
    assert_eq!(inserted(NewHuman::default()), [(0, None), (1, Some(Value::Null(Kind::Text)))]);
    assert_eq!(inserted(NewHuman::new()).len(), 2);
    let human = by_name::<Human>(&[("id", Value::I64(1)), ("mood", Value::from("very_sad"))]).unwrap();
    assert_eq!(human, Human { id: 1, mood: Some(Mood::VerySad) });
    let person = Person { id: 1, mood: Mood::Happy, name: "x".into(), friend: None, user: None };
    assert!(format!("{person:?}").contains("mood: Happy"));
    let patch = PersonPatch { mood: Some(Mood::VerySad), friend: Some(None), ..PersonPatch::default() };
    assert_eq!(format!("{patch:?}"), "PersonPatch { mood: <text>, friend: null }");
    let new = NewHuman { mood: Some(Mood::Happy), ..NewHuman::default() };
    assert_eq!(format!("{new:?}"), "NewHuman { mood: <text> }");
}

#[test]
fn an_alias_has_a_name_and_columns_of_its_own() {
    alias!(manager = users, boss = self::users);
    assert_eq!(format!("{manager:?} {:?} {:?}", manager.boss, boss.email), "manager manager.boss boss.email");
    assert_eq!(manager.alias().unwrap().quoted('`'), Some("`manager`"));
    assert!(std::ptr::eq(manager.description(), users::table::DESCRIPTION));
    let copy = manager;
    assert_eq!(copy.id.name(), manager.id.name());
    assert!(users::table.alias().is_none());
}

#[derive(Debug, Clone, Copy, PartialEq, SqlType)]
#[sql(rename_all = "SCREAMING-KEBAB-CASE", type_name = "state")]
enum State {
    InReview,
    #[sql(rename = "it's \"done\"")]
    Done,
    r#Type,
}

#[derive(Debug, Clone, Copy, PartialEq, SqlType)]
#[sql(repr = "i16")]
enum Priority {
    Low = -1,
    High = 300,
    Higher,
}

#[derive(Debug, Clone, PartialEq, SqlType)]
struct Email(String);

#[derive(Debug, Clone, PartialEq, SqlType)]
struct UserId(i32);

#[test]
fn enums_and_newtypes_are_columns() {
    for (state, text) in [(State::InReview, "IN-REVIEW"), (State::Done, "it's \"done\""), (State::Type, "TYPE")] {
        assert!(matches!(state.into_value(), Value::Named(it) if it.text.as_str() == text));
        assert_eq!(State::from_value(Value::from(text)), Ok(state));
    }
    assert!(matches!(State::DATA_TYPE, DataType::Named(name) if name.as_str() == "state"));
    assert_eq!(Option::<State>::from_value(Value::Null(Kind::Unknown)), Ok(None));

    for (priority, number) in [(Priority::Low, -1), (Priority::High, 300), (Priority::Higher, 301)] {
        assert_eq!(priority.into_value(), Value::I16(number));
        assert_eq!(Priority::from_value(Value::I64(number.into())), Ok(priority));
    }
    assert_eq!((Priority::KIND, Priority::DATA_TYPE), (Kind::I16, DataType::SmallInt));

    assert_eq!(Email("a".into()).into_value(), Value::from("a"));
    assert_eq!(UserId::from_value(Value::I64(7)), Ok(UserId(7)));
    assert_eq!((UserId::KIND, UserId::DATA_TYPE), (Kind::I32, DataType::Integer));
}

#[test]
fn what_is_no_variant_is_told_without_its_value() {
    let mismatch = State::from_value(Value::from("secret")).unwrap_err();
    assert_eq!(mismatch.expected, "a `State`, which is one of `IN-REVIEW`, `it's \"done\"`, `TYPE`");
    assert_eq!(mismatch.found, "another text");
    assert_eq!(State::from_value(Value::I64(1)).unwrap_err().found, "a 64-bit integer");
    let mismatch = Priority::from_value(Value::I32(2)).unwrap_err();
    assert_eq!(mismatch.expected, "a `Priority`, which is one of `Low`, `High`, `Higher`");
    assert_eq!(mismatch.found, "another number");
    assert_eq!(Priority::from_value(Value::I64(70_000)).unwrap_err().found, "an integer out of its range");
    assert_eq!(UserId::from_value(Value::Null(Kind::I32)).unwrap_err().found, "null");
}

#[test]
fn a_row_of_any_struct() {
    #[derive(Debug, PartialEq, FromRow)]
    #[row(rename_all = "camelCase")]
    struct Card<T> {
        user_name: String,
        #[row(rename = "n")]
        post_count: i64,
        #[row(default)]
        last_seen: Option<T>,
        #[row(flatten)]
        state: StateOf,
        #[row(skip)]
        cache: Vec<Vec<String>>,
        r#type: T,
    }

    #[derive(Debug, PartialEq, FromRow)]
    struct StateOf {
        state: State,
    }

    let columns = [
        ("n", Value::I64(3)),
        ("userName", Value::from("Ann")),
        ("state", Value::from("TYPE")),
        ("type", Value::I32(1)),
    ];
    let card = by_name::<Card<i64>>(&columns).unwrap();
    let expected = Card {
        user_name: "Ann".into(),
        post_count: 3,
        last_seen: None,
        state: StateOf { state: State::Type },
        cache: vec![],
        r#type: 1,
    };
    assert_eq!(card, expected);
    let wrong = [&columns[..], &[("lastSeen", Value::from("x"))]].concat();
    assert!(by_name::<Card<i64>>(&wrong).unwrap_err().is_decode(), "a default is not for what does not fit");
}
