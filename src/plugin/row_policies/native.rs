//! The same policies, held by the server.

use super::asker::{Asker, SETTINGS, is_setting, setting_name};
use super::native_name::{Origin, Side};
use super::policy::{Demand, Effect, Policy};
use super::{Known, RowPolicies};
use crate::ast::{
    BinaryOperator, Cast, CreatePolicy, DataType, DropPolicy, Expr, Ident, PolicyCommand, PolicyKind, Role,
    RowSecurity, RowSecurityAction, Select, SelectExpr, SelectItem, Shared, Statement, TableDescription, TableName,
    TableUse,
};
use crate::dialect::Spec;
use crate::error::{Error, Result, Unsupported};
use crate::plugin::{Context, Declared, Runner};
use crate::table::Table;
use crate::value::Value;

/// What stands for the settings until the plugin puts them in its place. No server has such a function, so that a database
/// without the plugin does not take it for done.
const SET_LOCAL: &str = "kysera_set_local";

/// [`RowPolicies`] as policies of the server, to be created and dropped. [`RowPolicies::native`] makes it.
///
/// They hold for whoever is no superuser and may not pass by them (`bypassrls`), for text too, and for the owner of a table.
/// A rule for a column becomes a restrictive policy, and so does each [`Policy`] but for those that allow, which are
/// permissive; where there is none, one lets pass what the others leave.
#[derive(Debug)]
#[must_use = "it does nothing until its statements are run"]
pub struct NativePolicies<'a> {
    policies: &'a RowPolicies,
    tables: Vec<&'static TableDescription>,
    schema: Option<Ident>,
    role: Option<Ident>,
    prefix: String,
}

impl RowPolicies {
    /// The same rules and policies, to be held by PostgreSQL.
    ///
    /// What is known of whoever asks is a setting of the transaction there, named `kysera.` and then the rule's column, or the
    /// fact; [`set_local`](Self::set_local) sets them. A setting that is not there is `null`, so that nothing is seen.
    ///
    /// ```
    /// use kysera::dialect::{self, POSTGRES};
    /// use kysera::plugin::RowPolicies;
    /// use kysera::prelude::*;
    ///
    /// # #[derive(Table)]
    /// # #[table(name = "notes")]
    /// # pub struct Note { #[column(primary_key, generated)] id: i64, tenant_id: i64 }
    /// struct Tenant(i64);
    ///
    /// let policies = RowPolicies::new().tenant("tenant_id", |tenant: &Tenant| tenant.0.into());
    /// let native = policies.native().table(notes::table).role("app");
    /// let sql: Vec<_> = native.create()?.iter().map(|it| dialect::compile(it, &POSTGRES).map(|it| it.sql)).collect::<Result<_>>()?;
    /// assert_eq!(sql, [
    ///     r#"alter table "notes" enable row level security"#,
    ///     r#"alter table "notes" force row level security"#,
    ///     r#"create policy "kysera_all" on "notes" as permissive for all to "app" using (true) with check (true)"#,
    ///     r#"create policy "kysera_tenant_id" on "notes" as restrictive for all to "app" using ("notes"."tenant_id" = cast(nullif(current_setting('kysera.tenant_id', true), '') as bigint)) with check ("notes"."tenant_id" = cast(nullif(current_setting('kysera.tenant_id', true), '') as bigint))"#,
    /// ]);
    /// # Ok::<(), kysera::Error>(())
    /// ```
    pub fn native(&self) -> NativePolicies<'_> {
        NativePolicies { policies: self, tables: Vec::new(), schema: None, role: None, prefix: "kysera_".into() }
    }

    /// A statement that tells PostgreSQL who asks, until the transaction ends: what travels with the transaction is put into
    /// the settings that the [native](Self::native) policies look at. Run it first. The values are bound.
    ///
    /// Only a database with this plugin can run it. Outside of a transaction it has no effect, and nothing is seen. In one that
    /// was told of somebody else before, also within a savepoint, it is an error, since the last word would stay; the server is
    /// asked for that first.
    ///
    /// ```no_run
    /// # use kysera::{Db, Executor, Result};
    /// # use kysera::plugin::RowPolicies;
    /// # struct Tenant(i64);
    /// # async fn example(db: Db) -> Result<()> {
    /// db.with(Tenant(7))
    ///     .transaction(async |trx| {
    ///         // select set_config($1, cast($2 as text), true)
    ///         trx.execute(RowPolicies::set_local().into()).await?;
    ///         // .. what the server's policies hold for
    ///         Ok(())
    ///     })
    ///     .await
    /// # }
    /// ```
    #[must_use]
    pub fn set_local() -> Statement {
        select([Expr::call(SET_LOCAL, Vec::new())])
    }

    /// Refuses names that the server, which does not look at their case, would take for one setting.
    fn check_settings(&self) -> Result<()> {
        let columns = self.columns.iter().map(|rule| rule.column.as_str());
        let names: Vec<_> = columns.chain(self.facts.iter().map(|fact| fact.name.as_str())).collect();
        for (at, name) in names.iter().enumerate() {
            if let Some(other) = names[..at].iter().find(|it| *it != name && it.eq_ignore_ascii_case(name)) {
                return Err(Error::invalid(format!(
                    "`{other}` and `{name}` are one setting to the server, which does not look at the case of letters"
                )));
            }
        }
        Ok(())
    }

    /// What stands in place of [`set_local`](Self::set_local).
    pub(super) fn settings(&self, context: &Context<'_>) -> Result<Statement> {
        if !context.spec().row_security {
            return Err(unsupported(context.spec()));
        }
        self.check_settings()?;
        let asker = Asker::of_statement(&self.facts, context);
        let mut settings: Vec<(&str, Option<Value>)> = Vec::new();
        for rule in &self.columns {
            // Somebody of one kind need not be of another.
            let value =
                if rule.is_about_all() { Some(asker.own_value(rule, context)?) } else { rule.value.value(context) };
            settings.push((rule.column.as_str(), value));
        }
        settings.extend(self.facts.iter().map(|fact| (fact.name.as_str(), fact.value.value(context))));
        if settings.iter().all(|(_, value)| value.is_none()) {
            return Err(Error::invalid("nothing is known of whoever asks; give it by `Db::with`"));
        }
        for (at, (name, value)) in settings.iter().enumerate() {
            check_setting(name, value.as_ref())?;
            if settings[..at].iter().any(|(other, said)| other == name && said != value) {
                return Err(Error::invalid(format!("two values are given for the setting `{name}`")));
            }
        }
        let set = settings.into_iter().map(|(name, value)| {
            let text = match value {
                Some(value) => Expr::Cast(Shared::new(Cast { value: value.into(), data_type: DataType::Text })),
                None => "".into(),
            };
            Expr::call("set_config", vec![setting_name(name).into(), text, true.into()])
        });
        Ok(select(set))
    }
}

/// What stands in place of [`RowPolicies::set_local`], taken apart: each setting by its name and value, as the server has them.
fn told(statement: &Statement) -> Option<Vec<(&Expr, &Expr)>> {
    let Statement::Select(select) = statement else { return None };
    let setting = |item| match item {
        &SelectItem::Expr(SelectExpr { expr: Expr::Call(ref call), alias: None })
            if call.name.as_str() == "set_config" =>
        {
            match &call.arguments[..] {
                [name @ Expr::Value(Value::Text(text)), value, _] if text.starts_with(SETTINGS) => Some((name, value)),
                _ => None,
            }
        }
        _ => None,
    };
    let settings: Option<Vec<_>> = select.columns.iter().map(setting).collect();
    settings.filter(|it| !it.is_empty())
}

/// Whether a statement tells the server who asks.
pub(super) fn tells(statement: &Statement) -> bool {
    told(statement).is_some()
}

/// Refuses to tell of somebody else than the transaction was told of: what a savepoint says stays when it is released, for
/// whoever goes on in the transaction around it.
pub(super) async fn check_told(statement: &Statement, mut runner: Runner<'_>) -> Result<()> {
    let asked = told(statement).unwrap_or_default().into_iter().map(|(name, value)| {
        let before = Expr::call("current_setting", vec![name.clone(), true.into()]);
        let before = Expr::call("nullif", vec![before, "".into()]);
        Expr::binary(before, BinaryOperator::NotEqual, value.clone())
    });
    let mut rows = runner.fetch(select(asked)).await?;
    if rows.iter_mut().any(|row| row.values().contains(&Value::Bool(true))) {
        return Err(Error::invalid(
            "the transaction was told of somebody else before, who would be another after this; begin one for each",
        ));
    }
    Ok(())
}

/// What is said where a server holds no policies.
pub(super) fn unsupported(spec: &Spec) -> Error {
    let hint = "the plugin `RowPolicies` restricts each statement as it is";
    Unsupported::new(spec.name, "policies on rows", hint).into()
}

/// Refuses what a setting cannot say.
fn check_setting(name: &str, value: Option<&Value>) -> Result<()> {
    if !is_setting(name) {
        return Err(Error::invalid(format!("`{name}` names no setting; letters, digits and `_` do")));
    }
    match value {
        Some(Value::Text(text)) if text.is_empty() => {
            Err(Error::invalid(format!("the setting `{name}` is empty text, which is nothing to the server")))
        }
        Some(Value::Null(_)) => Err(Error::invalid(format!("the setting `{name}` is `null`"))),
        Some(_) | None => Ok(()),
    }
}

fn select(columns: impl IntoIterator<Item = Expr>) -> Statement {
    let columns: Vec<_> = columns.into_iter().map(|expr| SelectItem::Expr(SelectExpr { expr, alias: None })).collect();
    Select { columns: columns.into(), ..Select::default() }.into()
}

/// Whether a statement is [`RowPolicies::set_local`].
pub(super) fn is_set_local(statement: &Statement) -> bool {
    let Statement::Select(select) = statement else { return false };
    let [SelectItem::Expr(SelectExpr { expr: Expr::Call(call), alias: None })] = &select.columns[..] else {
        return false;
    };
    call.name.as_str() == SET_LOCAL && *statement == RowPolicies::set_local()
}

impl NativePolicies<'_> {
    /// For this table.
    pub fn table<T: Table>(mut self, _table: T) -> Self {
        self.tables.push(T::DESCRIPTION);
        self
    }

    /// In this schema, whatever is declared.
    pub fn schema(self, schema: impl Into<Ident>) -> Self {
        Self { schema: Some(schema.into()), ..self }
    }

    /// For this role alone. To others, but for those who pass by policies, no row of the tables is there.
    pub fn role(self, role: impl Into<Ident>) -> Self {
        Self { role: Some(role.into()), ..self }
    }

    /// What the names of the policies begin with; `kysera_` if it is not said. Then come the rule's column, or the policy's name
    /// and the command, with `_` for spaces; and where other policies could be called the same, or the name would be longer than
    /// PostgreSQL's 63 bytes, a number that is made of them.
    pub fn prefix(self, prefix: impl Into<String>) -> Self {
        Self { prefix: prefix.into(), ..self }
    }

    /// The statements that create them, and switch them on. Run them in a transaction.
    ///
    /// # Errors
    ///
    /// Where a table lacks what a rule is about, nothing is said of one, a policy asks for more than facts, a name cannot be one
    /// of a setting, or two policies would have one name, as of two rules for one column; and those of the policies themselves.
    pub fn create(&self) -> Result<Vec<Statement>> {
        self.policies.validate()?;
        self.policies.check_settings()?;
        let mut statements = Vec::new();
        for table in &self.tables {
            let name = self.name_of(table);
            let mut actions = vec![RowSecurityAction::Enable, RowSecurityAction::Force];
            actions.extend(self.policies_of(table, &name)?.into_iter().map(RowSecurityAction::CreatePolicy));
            statements.extend(actions.into_iter().map(|action| statement(&name, action)));
        }
        Ok(statements)
    }

    /// The statements that drop them, whether they are there or not, and switch them off.
    ///
    /// # Errors
    ///
    /// Those of [`create`](Self::create).
    pub fn drop(&self) -> Result<Vec<Statement>> {
        self.policies.validate()?;
        self.policies.check_settings()?;
        let mut statements = Vec::new();
        for table in &self.tables {
            let name = self.name_of(table);
            let drop = |it: CreatePolicy| RowSecurityAction::DropPolicy(DropPolicy { if_exists: true, name: it.name });
            let mut actions: Vec<_> = self.policies_of(table, &name)?.into_iter().map(drop).collect();
            actions.extend([RowSecurityAction::NoForce, RowSecurityAction::Disable]);
            statements.extend(actions.into_iter().map(|action| statement(&name, action)));
        }
        Ok(statements)
    }

    fn name_of(&self, table: &TableDescription) -> TableName {
        let name = table.table_name();
        TableName { schema: self.schema.clone().or(name.schema), name: name.name }
    }

    /// The policies of a table, those that allow first.
    fn policies_of(&self, declared: &'static TableDescription, name: &TableName) -> Result<Vec<CreatePolicy>> {
        let all = self.policies;
        let asker = Asker::on_server(&all.facts);
        let table = |role| TableUse::new(name, &name.name, role);
        all.facts.iter().try_for_each(|fact| check_setting(&fact.name, None))?;
        let mut policies = Vec::new();
        let allows = || all.policies.iter().filter(|it| it.effect() == Effect::Allow && it.is_about(name));
        if allows().next().is_none() {
            policies.push(self.policy(Origin::All, PolicyKind::Permissive, PolicyCommand::All, true.into()));
        }
        for (command, role) in COMMANDS {
            for allow in allows().filter(|it| it.is_for(command)) {
                let condition = allow.condition(&table(role), &asker)?;
                let origin = Origin::Policy { name: Some(&allow.name()), side: Side::Written, command };
                policies.push(self.policy(origin, PolicyKind::Permissive, command, condition));
            }
        }
        let mut has_rule = false;
        all.each_rule(&Known { name, declared: Declared::only(declared) }, |rule, column| {
            has_rule = true;
            check_setting(rule.column.as_str(), None)?;
            let own = Expr::Binary(rule.condition(&table(Role::Read), column, &asker)?);
            policies.push(self.policy(
                Origin::Rule(rule.column.as_str()),
                PolicyKind::Restrictive,
                PolicyCommand::All,
                own,
            ));
            Ok(())
        })?;
        if !has_rule && !all.has_policies(name) {
            return Err(Error::invalid(format!("no policy is about the table `{}`", name.name.as_str())));
        }
        for (command, role) in COMMANDS {
            let table = table(role);
            // Rows that cannot be read are not changed either. Without a filter of its own, a statement need not read.
            if matches!(command, PolicyCommand::Select | PolicyCommand::Update | PolicyCommand::Delete) {
                let demands = all.demands(&table, PolicyCommand::Select, &asker)?;
                let demands = demands.into_iter().filter(|it| command != PolicyCommand::Select || it.by.is_some());
                policies.extend(demands.map(|it| self.demanded(it, Side::Read, command, Row::Both)));
            }
            if command != PolicyCommand::Select {
                let denied = all.demands(&table, command, &asker)?.into_iter().filter(|it| it.by.is_some());
                let row = if command == PolicyCommand::Insert { Row::New } else { Row::Old };
                policies.extend(denied.map(|it| self.demanded(it, Side::Written, command, row)));
            }
            let checks = all.checks(&table, command, &asker)?;
            policies.extend(checks.into_iter().map(|it| self.demanded(it, Side::Written, command, Row::New)));
        }
        let mut names: Vec<_> = policies.iter().map(|it| it.name.as_str()).collect();
        names.sort_unstable();
        if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            let table = name.name.as_str();
            return Err(Error::invalid(format!("two policies of the table `{table}` would be called `{}`", twice[0])));
        }
        Ok(policies)
    }

    fn demanded(&self, demand: Demand<'_>, side: Side, command: PolicyCommand, row: Row) -> CreatePolicy {
        let Demand { by, condition } = demand;
        let name = by.map(Policy::name);
        let origin = Origin::Policy { name: name.as_deref(), side, command };
        let mut policy = self.policy(origin, PolicyKind::Restrictive, command, condition);
        match row {
            Row::Both => {}
            Row::Old => policy.check = policy.check.map(|_| true.into()),
            Row::New => policy.using = policy.using.map(|_| true.into()),
        }
        policy
    }

    fn policy(&self, origin: Origin<'_>, kind: PolicyKind, command: PolicyCommand, condition: Expr) -> CreatePolicy {
        let name = origin.name(&self.prefix);
        let (using, check) = match command {
            PolicyCommand::Select | PolicyCommand::Delete => (Some(condition), None),
            PolicyCommand::Insert => (None, Some(condition)),
            PolicyCommand::All | PolicyCommand::Update => (Some(condition.clone()), Some(condition)),
        };
        CreatePolicy { name, kind, command, role: self.role.clone(), using, check }
    }
}

/// Which row a demand is of, where one is updated.
#[derive(Clone, Copy)]
enum Row {
    Both,
    Old,
    New,
}

const COMMANDS: [(PolicyCommand, Role); 4] = [
    (PolicyCommand::Select, Role::Read),
    (PolicyCommand::Insert, Role::Insert),
    (PolicyCommand::Update, Role::Update),
    (PolicyCommand::Delete, Role::Delete),
];

fn statement(table: &TableName, action: RowSecurityAction) -> Statement {
    RowSecurity { table: table.clone(), action }.into()
}
