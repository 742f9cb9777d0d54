//! The floor: what a person writes who wants nothing but this statement.

use kysera::Value;

use crate::{Binds, Built, Input};

/// A statement in the making.
struct Statement {
    sql: String,
    values: Vec<Value>,
}

impl Statement {
    fn new(capacity: usize, values: usize) -> Self {
        Self { sql: String::with_capacity(capacity), values: Vec::with_capacity(values) }
    }

    fn text(&mut self, text: &str) {
        self.sql.push_str(text);
    }

    fn bind(&mut self, value: impl Into<Value>) {
        self.values.push(value.into());
        let mut number = self.values.len();
        let mut digits = [0_u8; 4];
        let mut at = digits.len();
        while number > 0 {
            at -= 1;
            digits[at] = b'0' + (number % 10) as u8;
            number /= 10;
        }
        self.sql.push('$');
        for digit in &digits[at..] {
            self.sql.push(char::from(*digit));
        }
    }

    fn built(self) -> Built {
        Built { sql: self.sql, binds: Binds::Values(self.values) }
    }
}

pub fn q1(input: &Input) -> Built {
    let mut it = Statement::new(256, 2);
    it.text(r#"select "users"."id", "users"."email", "users"."name", "users"."age" from "users""#);
    it.text(r#" where "users"."id" = "#);
    it.bind(input.id);
    it.text(" limit ");
    it.bind(i64::from(input.limit));
    it.built()
}

pub fn q2(input: &Input) -> Built {
    let mut it = Statement::new(512, 17);
    it.text(r#"select "users"."id", "users"."name", "posts"."title", "posts"."score" from "users""#);
    it.text(r#" inner join "posts" on "posts"."user_id" = "users"."id""#);
    it.text(r#" where "users"."active" = "#);
    it.bind(input.active);
    it.text(r#" and "users"."age" >= "#);
    it.bind(input.age);
    it.text(r#" and "users"."email" like "#);
    it.bind(input.email);
    it.text(r#" and "posts"."title" like "#);
    it.bind(input.title);
    it.text(r#" and "posts"."score" < "#);
    it.bind(input.score);
    it.text(r#" and "posts"."id" in ("#);
    for (at, id) in input.ids.iter().enumerate() {
        it.text(if at == 0 { "" } else { ", " });
        it.bind(*id);
    }
    it.text(r#") order by "posts"."score" desc, "users"."id" limit "#);
    it.bind(i64::from(input.limit));
    it.text(" offset ");
    it.bind(i64::from(input.offset));
    it.built()
}

pub fn q3(input: &Input) -> Built {
    let mut it = Statement::new(4096, input.rows.len() * 5);
    it.text(r#"insert into "items" ("id", "name", "note", "quantity", "active") values "#);
    for (at, row) in input.rows.iter().enumerate() {
        it.text(if at == 0 { "(" } else { ", (" });
        it.bind(row.id);
        it.text(", ");
        it.bind(row.name);
        it.text(", ");
        it.bind(row.note);
        it.text(", ");
        it.bind(row.quantity);
        it.text(", ");
        it.bind(row.active);
        it.text(")");
    }
    it.built()
}
