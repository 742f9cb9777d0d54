//! Names in camel case and in snake case, each of which tells the other.

/// `user_name` as `userName`. An underscore that no lower-case letter follows, that follows another one, or that begins the
/// name, stays: `_id`, `address_1`, `foo__bar`, `id_`.
pub(super) fn camel(name: &str) -> String {
    let mut camel = String::with_capacity(name.len());
    let mut before = None;
    let mut chars = name.chars().peekable();
    while let Some(char) = chars.next() {
        match chars.peek().copied() {
            Some(next) if char == '_' && next.is_ascii_lowercase() && before.is_some_and(|it| it != '_') => {
                camel.push(next.to_ascii_uppercase());
                chars.next();
                before = Some(next);
            }
            Some(_) | None => {
                camel.push(char);
                before = Some(char);
            }
        }
    }
    camel
}

/// `userName` as `user_name`: what [`camel`] makes of a name in lower case, undone.
pub(super) fn snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    let mut before = None;
    for char in name.chars() {
        if char.is_ascii_uppercase() && before.is_some_and(|it| it != '_') {
            snake.push('_');
            snake.push(char.to_ascii_lowercase());
        } else {
            snake.push(char);
        }
        before = Some(char);
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_the_way_there_and_back() {
        for (name, in_camel_case) in [
            ("user_name", "userName"),
            ("a_b_c", "aBC"),
            ("_id", "_id"),
            ("address_1", "address_1"),
            ("address1", "address1"),
            ("foo__bar", "foo__bar"),
            ("id_", "id_"),
            ("__v", "__v"),
            ("x", "x"),
            ("", ""),
            ("_", "_"),
            ("größe_ä", "größe_ä"),
            ("1_a", "1A"),
        ] {
            assert_eq!(camel(name), in_camel_case);
            assert_eq!(snake(in_camel_case), name);
        }
    }

    /// Every name of at most five of these characters comes back, and no two of them become one.
    #[test]
    fn no_two_names_become_one() {
        let mut names = vec![String::new()];
        let mut made = std::collections::BTreeSet::new();
        for _ in 0..5 {
            names = names.iter().flat_map(|name| ['a', 'b', '_', '1'].map(|char| format!("{name}{char}"))).collect();
            for name in &names {
                assert_eq!(snake(&camel(name)), *name);
                assert!(made.insert(camel(name)), "{name}");
            }
        }
    }
}
