//! Which functions of the servers do nothing but to give a value.

use super::text;
use crate::ast::{Aggregate, Call, Fragment, Ident, Node, Raw, Statement, Visit};
use crate::error::{Error, Result};

/// Functions that do nothing but to give a value of what they are given: aggregates of the servers, and those of text, numbers,
/// dates, JSON, arrays and windows, and what else a program says so of.
///
/// A plugin that keeps rows apart needs it, since `query_to_xml('select ..')` and its like read whatever table they are told
/// to.
///
/// ```
/// use kysera::expr::call;
/// use kysera::plugin::HarmlessFunctions;
/// use kysera::prelude::*;
///
/// # #[derive(Table)]
/// # #[table(name = "notes")]
/// # pub struct Note { #[column(primary_key, generated)] id: i64, text: String }
/// let functions = HarmlessFunctions::new().allow_function("geo.distance");
/// let check = |name| functions.check(&select_from(notes::table).select(call::<String, _>(name, (notes::text,))).to_statement());
/// assert!(check("lower").is_ok());
/// assert!(check("query_to_xml").is_err());
/// assert!(functions.check(&sql!("delete from notes").statement().into()).is_err());
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "it does nothing until it is asked"]
pub struct HarmlessFunctions {
    /// In lower case.
    allowed: Vec<String>,
}

impl HarmlessFunctions {
    /// Those of the servers.
    pub const fn new() -> Self {
        Self { allowed: Vec::new() }
    }

    /// Adds one that a program knows, whatever the case of its name: by its name, or by its schema and its name if it is called
    /// so.
    pub fn allow_function(mut self, name: impl Into<String>) -> Self {
        self.allowed.push(name.into().to_lowercase());
        self
    }

    /// Refuses a statement that may reach rows of a table which it does not name as such: one of text, one in which text is more
    /// than one expression or may read a table (by a word like `select` or `table`, or by `in` before anything but a list in
    /// parentheses), and one that calls any function but these.
    ///
    /// If the database defines another function by the name of one of a server's own, nobody sees that here; nor what an
    /// operator, a view or a type does that it defines, nor that PostgreSQL calls a function of the database's own where a column
    /// of a row is named: `docs.leak` is `leak(docs)`.
    ///
    /// # Errors
    ///
    /// [`is_invalid`](Error::is_invalid), with the function or what is wrong with the text.
    pub fn check(&self, statement: &Statement) -> Result<()> {
        statement.accept(&mut Reaches(self))
    }

    /// Refuses any other function: one of text, by its name with that of its schema before it.
    pub(super) fn only(&self, function: &str) -> Result<()> {
        if COMMON.contains(&function) {
            return Ok(());
        }
        let name = function.to_ascii_lowercase();
        let is_known = KNOWN.iter().any(|names| names.split_ascii_whitespace().any(|known| known == name));
        if is_known || self.allowed.contains(&name) {
            return Ok(());
        }
        Err(Error::invalid(format!(
            "nobody knows what the function `{name}` does; say so by `allow_function` if it only gives a value"
        )))
    }

    /// The same of one that is no text.
    pub(super) fn only_call(&self, schema: Option<&Ident>, name: &Ident) -> Result<()> {
        match schema {
            Some(schema) => self.only(&qualified(schema.as_str(), name.as_str())),
            None => self.only(name.as_str()),
        }
    }
}

/// Ends at what may reach a table that is not named.
struct Reaches<'a>(&'a HarmlessFunctions);

impl Visit for Reaches<'_> {
    fn visit_statement(&mut self, node: &Statement) -> Result<()> {
        match node {
            Statement::Raw(_) => Err(Error::invalid("nobody knows which rows text reaches, so none is run")),
            Statement::Select(_)
            | Statement::Compound(_)
            | Statement::Insert(_)
            | Statement::Update(_)
            | Statement::Delete(_)
            | Statement::CreateTable(_)
            | Statement::DropTable(_)
            | Statement::RowSecurity(_) => node.walk(self),
        }
    }

    fn visit_raw(&mut self, node: &Raw) -> Result<()> {
        text::reaches_no_table(Fragment::Text(node), self.0)?;
        node.walk(self)
    }

    fn visit_call(&mut self, node: &Call) -> Result<()> {
        self.0.only_call(node.schema.as_ref(), &node.name)?;
        node.walk(self)
    }

    fn visit_aggregate(&mut self, node: &Aggregate) -> Result<()> {
        self.0.only_call(None, &node.name)?;
        node.walk(self)
    }
}

/// Functions of the servers that do nothing but to give a value of what they are given: no rows are read or written by them, no
/// text is run, no file is read, nothing waits, and nothing of the connection is told or changed. Those of one server are refused
/// by the others by themselves.
const KNOWN: [&str; 9] = [
    // Aggregates.
    "any any_value array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count covar_pop covar_samp
    every group_concat grouping json_agg json_arrayagg json_group_array json_group_object json_object_agg json_objectagg
    jsonb_agg jsonb_group_array jsonb_group_object jsonb_object_agg max median min mode percentile_cont percentile_disc
    range_agg range_intersect_agg regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy
    std stddev stddev_pop stddev_samp string_agg sum total var_pop var_samp variance xmlagg",
    // Windows.
    "cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number",
    // Choices and types.
    "cast coalesce convert greatest if ifnull iif isnull least likelihood likely nullif num_nonnulls num_nulls nvl nvl2
    pg_column_size pg_size_pretty pg_typeof row typeof unlikely",
    // Text and bytes.
    "aes_decrypt aes_encrypt ascii bin bit_count bit_length btrim casefold char char_length character_length chr concat concat_ws convert_from
    convert_to crc32 crc32c decode elt encode export_set field find_in_set format from_base64 get_bit get_byte glob hex initcap
    insert instr lcase left length lengthb like locate lower lpad ltrim make_set md5 mid natural_sort_key normalize oct octet_length ord overlay
    parse_ident position printf quote quote_ident quote_literal quote_nullable regexp_count regexp_instr regexp_like
    regexp_match regexp_matches regexp_replace regexp_split_to_array regexp_split_to_table regexp_substr repeat replace reverse
    right rpad rtrim set_bit set_byte sformat sha sha1 sha2 sha224 sha256 sha384 sha512 similarity soundex space split_part
    starts_with strcmp string_to_array string_to_table strpos substr substring substring_index to_ascii to_base64 to_char
    to_hex to_number translate trim ucase unhex unicode unistr unistr_quote upper weight_string zeroblob",
    // Numbers.
    "abs acos acosd acosh asin asind asinh atan atan2 atan2d atand atanh cbrt ceil ceiling conv cos cosd cosh cot cotd degrees
    div erf erfc exp factorial floor gcd lcm ln log log10 log2 min_scale mod pi pow power radians rand random random_normal
    randomblob round scale sign sin sind sinh sqrt tan tand tanh trim_scale trunc truncate width_bucket",
    // Dates and times.
    "add_months adddate addtime age clock_timestamp convert_tz curdate current_date current_time current_timestamp curtime date
    date_add date_bin date_format date_part date_sub date_trunc datediff datetime day dayname dayofmonth dayofweek dayofyear
    extract from_days from_unixtime get_format hour isfinite julianday justify_days justify_hours justify_interval last_day
    localtime localtimestamp make_date make_interval make_time make_timestamp make_timestamptz makedate maketime microsecond
    minute month monthname now period_add period_diff quarter sec_to_time second statement_timestamp str_to_date strftime
    subdate subtime sysdate time time_format time_to_sec timediff timeofday timestamp timestampadd timestampdiff to_date to_days
    to_seconds to_timestamp transaction_timestamp unix_timestamp unixepoch utc_date utc_time utc_timestamp week weekday
    weekofyear year yearweek",
    // JSON and XML.
    "array_to_json extractvalue json json_array json_array_append json_array_elements json_array_elements_text
    json_array_insert json_array_intersect json_array_length json_build_array json_build_object json_compact json_contains
    json_contains_path json_depth json_detailed json_each json_each_text json_equals json_error_position json_exists
    json_extract json_extract_path json_extract_path_text json_insert json_keys json_length json_loose json_merge
    json_merge_patch json_merge_preserve json_normalize json_object json_object_filter_keys json_object_keys json_overlaps
    json_patch json_populate_record json_populate_recordset json_pretty json_query json_quote json_remove json_replace
    json_scalar json_schema_valid json_search json_serialize json_set json_storage_size json_strip_nulls json_table
    json_to_record json_to_recordset json_tree json_type json_typeof json_unquote json_valid json_value jsonb
    jsonb_array_elements jsonb_array_elements_text jsonb_array_length jsonb_build_array jsonb_build_object jsonb_each
    jsonb_each_text jsonb_extract jsonb_extract_path jsonb_extract_path_text jsonb_insert jsonb_object jsonb_object_keys
    jsonb_path_exists jsonb_path_exists_tz jsonb_path_match jsonb_path_match_tz jsonb_path_query jsonb_path_query_array
    jsonb_path_query_array_tz jsonb_path_query_first jsonb_path_query_first_tz jsonb_path_query_tz jsonb_populate_record
    jsonb_populate_recordset jsonb_pretty jsonb_set jsonb_set_lax jsonb_strip_nulls jsonb_to_record jsonb_to_recordset
    jsonb_typeof row_to_json to_json to_jsonb updatexml xml_is_well_formed xmlattributes xmlcomment xmlconcat xmlelement xmlexists
    xmlforest xmlparse xmlserialize xpath xpath_exists",
    // Arrays, ranges, sets, networks, and words that are looked for.
    "array_append array_cat array_dims array_fill array_length array_lower array_ndims array_position array_positions
    array_prepend array_remove array_replace array_reverse array_sample array_shuffle array_sort array_to_string array_upper
    cardinality trim_array unnest generate_series generate_subscripts isempty lower_inc lower_inf upper_inc upper_inf
    range_merge multirange int4range int8range numrange tsrange tstzrange daterange int4multirange int8multirange
    nummultirange tsmultirange tstzmultirange datemultirange abbrev broadcast family host hostmask inet_aton inet_merge
    inet_ntoa inet_same_family inet6_aton inet6_ntoa is_ipv4 is_ipv6 masklen netmask network set_masklen macaddr8_set7bit
    array_to_tsvector get_current_ts_config numnode phraseto_tsquery plainto_tsquery querytree setweight strip to_tsquery
    to_tsvector ts_delete ts_filter ts_headline ts_lexize ts_rank ts_rank_cd tsquery_phrase tsvector_to_array
    websearch_to_tsquery match bm25 highlight snippet",
    // Identifiers, and who and where one is.
    "bin_to_uuid gen_random_uuid is_uuid sys_guid uuid uuid_extract_timestamp uuid_extract_version uuid_generate_v1
    uuid_generate_v4 uuid_short uuid_to_bin uuidv4 uuidv7 collation charset coercibility connection_id current_catalog
    current_database current_role current_schema current_schemas current_user database has_column_privilege
    has_schema_privilege has_table_privilege schema session_user system_user user version",
];

/// Functions that only read too, but what a statement before has left on the connection.
const OF_THE_CONNECTION: &str =
    "changes currval current_setting found_rows last_insert_rowid lastval row_count total_changes";

/// Functions that need no look, since they are in many statements.
const COMMON: [&str; 7] = ["count", "coalesce", "sum", "min", "max", "avg", "nullif"];

/// Functions that give the same for the same, on every server.
const CERTAIN: [&str; 7] = ["lower", "upper", "trim", "coalesce", "nullif", "concat", "abs"];

/// Those of the servers' own that may give several rows where they stand in a select list.
const OF_ROWS: &str =
    "generate_series generate_subscripts json_array_elements json_array_elements_text json_each json_each_text
    json_object_keys json_populate_recordset json_table json_to_recordset json_tree jsonb_array_elements
    jsonb_array_elements_text jsonb_each jsonb_each_text jsonb_object_keys jsonb_path_query jsonb_path_query_tz
    jsonb_populate_recordset jsonb_to_recordset regexp_matches regexp_split_to_table string_to_table unnest";

/// Whether a function is one of the servers' own, and gives one value for each row.
pub(super) fn gives_one_value(schema: Option<&Ident>, name: &Ident) -> bool {
    let is_of_rows = || OF_ROWS.split_ascii_whitespace().any(|it| it.eq_ignore_ascii_case(name.as_str()));
    HarmlessFunctions::new().only_call(schema, name).is_ok() && !is_of_rows()
}

/// Harmless functions, and those that only read what a statement before has left on the connection.
pub(super) fn and_of_the_connection() -> HarmlessFunctions {
    OF_THE_CONNECTION.split_ascii_whitespace().fold(HarmlessFunctions::new(), HarmlessFunctions::allow_function)
}

/// The name of a function with its schema before it: `schema.name`. The server's own have no such part here.
pub(super) fn qualified(schema: &str, name: &str) -> String {
    match schema {
        "pg_catalog" => name.to_owned(),
        schema => format!("{schema}.{name}"),
    }
}

/// Whether a table is none, but settings and repairs of a server.
pub(super) fn is_setting(table: &str) -> bool {
    table.get(..7).is_some_and(|it| it.eq_ignore_ascii_case("pragma_"))
}

/// Whether a function gives the same for the same, as far as that is known.
pub(super) fn is_certain(function: &str) -> bool {
    CERTAIN.iter().any(|name| function.eq_ignore_ascii_case(name))
}
