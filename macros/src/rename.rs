//! `rename_all = "camelCase"`: names of many fields or variants after one rule.

use syn::meta::ParseNestedMeta;
use syn::{Error, Result};

use crate::attributes;
use crate::name::snake_case;

const KNOWN: [&str; 8] = [
    "lowercase",
    "UPPERCASE",
    "PascalCase",
    "camelCase",
    "snake_case",
    "SCREAMING_SNAKE_CASE",
    "kebab-case",
    "SCREAMING-KEBAB-CASE",
];

/// How words are put together to a name.
#[derive(Clone, Copy)]
pub(crate) enum Rule {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

impl Rule {
    /// `rename_all = "rule"`
    pub(crate) fn parse(meta: &ParseNestedMeta<'_>) -> Result<Self> {
        let rule = attributes::text(meta)?;
        Ok(match rule.value().as_str() {
            "lowercase" => Self::Lower,
            "UPPERCASE" => Self::Upper,
            "PascalCase" => Self::Pascal,
            "camelCase" => Self::Camel,
            "snake_case" => Self::Snake,
            "SCREAMING_SNAKE_CASE" => Self::ScreamingSnake,
            "kebab-case" => Self::Kebab,
            "SCREAMING-KEBAB-CASE" => Self::ScreamingKebab,
            other => {
                let message = format!("unknown rule `{other}`; known are {}", attributes::list(&KNOWN));
                return Err(Error::new(rule.span(), message));
            }
        })
    }

    /// The name of a field or variant after the rule.
    pub(crate) fn apply(self, name: &str) -> String {
        let snake = snake_case(name);
        match self {
            Self::Lower => snake.replace('_', ""),
            Self::Upper => snake.replace('_', "").to_uppercase(),
            Self::Pascal => snake.split('_').map(capitalized).collect(),
            Self::Camel => {
                let mut words = snake.split('_');
                words.next().unwrap_or_default().to_owned() + &words.map(capitalized).collect::<String>()
            }
            Self::Snake => snake,
            Self::ScreamingSnake => snake.to_uppercase(),
            Self::Kebab => snake.replace('_', "-"),
            Self::ScreamingKebab => snake.replace('_', "-").to_uppercase(),
        }
    }
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_and_a_variant_become_the_same_name() {
        for (rule, expected) in [
            (Rule::Lower, "inreview"),
            (Rule::Upper, "INREVIEW"),
            (Rule::Pascal, "InReview"),
            (Rule::Camel, "inReview"),
            (Rule::Snake, "in_review"),
            (Rule::ScreamingSnake, "IN_REVIEW"),
            (Rule::Kebab, "in-review"),
            (Rule::ScreamingKebab, "IN-REVIEW"),
        ] {
            assert_eq!(rule.apply("in_review"), expected);
            assert_eq!(rule.apply("InReview"), expected);
        }
    }
}
