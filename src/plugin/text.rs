//! What can be told of text within a statement, without knowing the grammar of any server.

use crate::ast::{Expr, Fragment, Ident, Raw, RawPart};
use crate::error::{Error, Result};

/// The words without which no text reads another table, or adds a clause.
pub(super) const READS: [&str; 15] = [
    "select",
    "table",
    "from",
    "join",
    "straight_join",
    "with",
    "values",
    "into",
    "returning",
    "union",
    "intersect",
    "except",
    "where",
    "call",
    "execute",
];

/// The words without which no text writes, functions aside.
const WRITES: [&str; 14] = [
    "insert",
    "update",
    "delete",
    "replace",
    "merge",
    "into",
    "create",
    "drop",
    "alter",
    "truncate",
    "call",
    "execute",
    "copy",
    "returning",
];

/// The words without which no text changes rows, functions aside. Definitions are not among them: no log is kept of them.
pub(super) const CHANGES: [&str; 13] = [
    "insert",
    "update",
    "delete",
    "replace",
    "merge",
    "into",
    "truncate",
    "call",
    "do",
    "execute",
    "copy",
    "load",
    "returning",
];

/// Parts of the names of functions that run or read what a text names, on one server or another.
const READERS: [&str; 14] = [
    "dblink",
    "_to_xml",
    "ts_stat",
    "ts_rewrite",
    "pg_read",
    "pg_ls",
    "pg_stat",
    "load_file",
    "load_extension",
    "readfile",
    "crosstab",
    "connectby",
    "xpath_table",
    "set_config",
];

/// Words and types that may stand before a parenthesis, and are no functions.
const BEFORE_PARENTHESIS: &str = "
    and or xor not in exists any all some between like ilike rlike regexp glob is on using as from join lateral select distinct
    where having by over filter within group union intersect except case when then else values with array row rollup cube
    sets against partition div mod escape
    bit varbit binary varbinary char character nchar varchar varying dec decimal numeric float real double precision int
    integer bigint smallint signed unsigned interval time timetz timestamp timestamptz datetime";

/// Functions of the servers that do nothing but to give a value: no rows are written by them, no text is run, no file is read,
/// nothing waits, and nothing of the connection is changed. Those of one server are refused by the others by themselves.
const KNOWN: [&str; 9] = [
    // Aggregates.
    "any any_value approx_count_distinct array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count covar_pop covar_samp
    every group_concat grouping json_agg json_arrayagg json_group_array json_group_object json_object_agg json_objectagg
    jsonb_agg jsonb_group_array jsonb_group_object jsonb_object_agg max median min mode percentile_cont percentile_disc
    range_agg range_intersect_agg regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy
    std stddev stddev_pop stddev_samp string_agg sum total var_pop var_samp variance xmlagg",
    // Windows.
    "cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number",
    // Choices and types.
    "cast choose coalesce convert greatest if ifnull iif isnull least likelihood likely nullif num_nonnulls num_nulls nvl nvl2
    pg_typeof row typeof unlikely",
    // Text and bytes.
    "ascii bin bit_count bit_length btrim casefold char char_length character_length charindex chr concat concat_ws convert_from
    convert_to crc32 crc32c decode elt encode export_set field find_in_set format from_base64 get_bit get_byte glob hex initcap
    insert instr lcase left length lengthb like locate lower lpad ltrim make_set md5 mid normalize oct octet_length ord overlay
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
    jsonb_typeof member row_to_json to_json to_jsonb updatexml xml_is_well_formed xmlcomment xmlconcat xmlelement xmlexists
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
    uuid_generate_v4 uuid_short uuid_to_bin uuidv4 uuidv7 changes collation charset coercibility connection_id current_catalog
    current_database current_role current_schema current_schemas current_setting current_user currval database found_rows
    has_column_privilege has_schema_privilege has_table_privilege last_insert_rowid lastval row_count schema session_user
    system_user total_changes user version",
];

/// Functions that need no look, since they are in many statements.
const HARMLESS: [&str; 7] = ["count", "coalesce", "sum", "min", "max", "avg", "nullif"];

/// Functions that give the same for the same, on every server.
const CERTAIN: [&str; 7] = ["lower", "upper", "trim", "coalesce", "nullif", "concat", "abs"];

/// What stands for a slot: no word, and nothing that begins or ends one.
const SLOT: &str = " ? ";

/// The text with its slots.
fn written(raw: &Raw) -> String {
    let Raw { parts } = raw;
    parts
        .iter()
        .map(|part| match part {
            RawPart::Text(text) => text,
            RawPart::Ident(_) | RawPart::Expr(_) => SLOT,
        })
        .collect()
}

/// Refuses text that may be more than one expression: that ends the parentheses or the clause it stands in, or hides
/// what comes after it. What it refuses goes far, because servers differ in what is a quote or a comment.
pub(super) fn is_one_expression(raw: &Raw) -> Result<()> {
    is_closed(&written(raw))
}

/// Refuses text that ends before what stands around it, so that a condition behind it would not hold for all of it.
pub(super) fn is_closed_in(fragment: Fragment<'_>) -> Result<()> {
    match fragment {
        Fragment::Statement(raw) => is_closed(&written(raw).replace(',', " ")),
        Fragment::Text(raw) => is_one_expression(raw),
        Fragment::Function(_) => Ok(()),
    }
}

fn is_closed(text: &str) -> Result<()> {
    let mut quote = None;
    let mut depth = 0_usize;
    let mut before = ' ';
    for char in text.chars() {
        let refused = char == '\\' || (char.is_control() && !char.is_whitespace());
        let fits = match (quote, char) {
            (Some(open), char) => {
                if open == char {
                    quote = None;
                }
                true
            }
            (None, '\'' | '"') => {
                quote = Some(char);
                // `U&"..." uescape '!'` spells a name in other letters.
                before != '&'
            }
            (None, '(') => {
                depth += 1;
                true
            }
            (None, ')') => match depth.checked_sub(1) {
                Some(outside) => {
                    depth = outside;
                    true
                }
                None => false,
            },
            (None, ',') => depth > 0,
            (None, '-') => before != '-',
            (None, '*') => before != '/',
            (None, ';' | '#' | '$' | '`' | '[' | ']') => false,
            (None, _) => true,
        };
        if refused || !fits {
            return Err(Error::invalid("text within a statement must be one expression here, without comments"));
        }
        before = char;
    }
    if depth > 0 || quote.is_some() {
        return Err(Error::invalid("text within a statement must close its quotes and parentheses here"));
    }
    Ok(())
}

/// Refuses text that holds any of these words, wherever they stand.
pub(super) fn has_none_of(raw: &Raw, words: &[&str]) -> Result<()> {
    let text = written(raw).to_lowercase();
    match text.split(|it: char| !is_in_word(it)).find(|word| words.contains(word)) {
        Some(word) => Err(Error::invalid(format!("text within a statement must not hold the word `{word}` here"))),
        None => Ok(()),
    }
}

/// What text is made of, as far as it shows which functions it calls.
enum Token {
    /// A word outside of quotes, in lower case.
    Word(String),
    /// A name in quotes, or one that was put in, in lower case.
    Name(String),
    /// What was put in, and is no name.
    Slot,
    /// Any other character, and a string.
    Other(char),
}

fn tokens(raw: &Raw) -> Vec<Token> {
    let Raw { parts } = raw;
    let mut tokens = Vec::new();
    let mut quote = None;
    for part in parts {
        match part {
            RawPart::Text(text) => tokens_of(text, &mut quote, &mut tokens),
            RawPart::Ident(_) | RawPart::Expr(_) if quote.is_some() => {}
            part => tokens.push(put_in(part).map_or(Token::Slot, |name| Token::Name(name.as_str().to_lowercase()))),
        }
    }
    tokens
}

/// The name that was put in, if it is one: a column of no table is written as such, whatever it is the name of.
fn put_in(part: &RawPart) -> Option<Ident> {
    match part {
        RawPart::Ident(name) => Some(name.clone()),
        RawPart::Expr(Expr::Column(column)) if column.table().is_none() => Some(column.name()),
        RawPart::Text(_) | RawPart::Expr(_) => None,
    }
}

/// Adds those of a part, which may begin and end within quotes.
fn tokens_of(text: &str, quote: &mut Option<(char, String)>, tokens: &mut Vec<Token>) {
    let mut chars = text.chars().peekable();
    let mut word = String::new();
    while let Some(char) = chars.next() {
        if let Some((open, inside)) = quote {
            // A quote that stands twice is one of the name.
            if char != *open || chars.next_if_eq(open).is_some() {
                inside.extend(char.to_lowercase());
            } else {
                tokens.push(if char == '"' { Token::Name(std::mem::take(inside)) } else { Token::Other(char) });
                *quote = None;
            }
            continue;
        }
        if is_in_word(char) {
            word.extend(char.to_lowercase());
            if chars.peek().is_some_and(|it| is_in_word(*it)) {
                continue;
            }
            tokens.push(Token::Word(std::mem::take(&mut word)));
        } else if matches!(char, '\'' | '"') {
            *quote = Some((char, String::new()));
        } else if !char.is_whitespace() {
            tokens.push(Token::Other(char));
        }
    }
}

/// Refuses text of one expression that holds a word of a statement that writes, or calls a function that is neither known nor
/// `allowed`. What stands in quotes is no word, and `insert`, `replace` and `truncate` before a parenthesis are functions.
pub(super) fn writes_nothing(raw: &Raw, allowed: &[String]) -> Result<()> {
    let tokens = tokens(raw);
    for (at, token) in tokens.iter().enumerate() {
        let (before, after) = (tokens.get(..at).unwrap_or_default(), tokens.get(at + 1));
        let is_call = matches!(after, Some(Token::Other('(')));
        let refused = match token {
            Token::Word(word) if is_call && is_no_function(before, word) => WRITES.contains(&word.as_str()),
            Token::Word(name) | Token::Name(name) if is_call => {
                only_reads(&qualified(before, name), allowed)?;
                false
            }
            Token::Word(word) => WRITES.contains(&word.as_str()) || is_next_value(word, after),
            Token::Slot if is_call => return Err(Error::invalid("a function must be named in the text itself here")),
            Token::Name(_) | Token::Slot | Token::Other(_) => false,
        };
        if refused && let Token::Word(word) = token {
            return Err(Error::invalid(format!("text within a statement must not hold the word `{word}` here")));
        }
    }
    Ok(())
}

/// `next value for ..` is a function that writes.
fn is_next_value(word: &str, after: Option<&Token>) -> bool {
    word == "next" && matches!(after, Some(Token::Word(after)) if after == "value")
}

/// Whether a word before a parenthesis is no function: one of the language, a type, or a table whose columns `as t(id)` names.
fn is_no_function(before: &[Token], word: &str) -> bool {
    match before {
        [.., Token::Word(before)] if before == "as" => true,
        [.., Token::Other('.')] => false,
        _ => BEFORE_PARENTHESIS.split_ascii_whitespace().any(|it| it == word),
    }
}

/// The name of a function with what stands before it: `schema.name`. The server's own have no such part here.
fn qualified(before: &[Token], name: &str) -> String {
    match before {
        [before @ .., Token::Word(schema) | Token::Name(schema), Token::Other('.')] => {
            match &*qualified(before, schema) {
                "pg_catalog" => name.to_owned(),
                schema => format!("{schema}.{name}"),
            }
        }
        _ => name.to_owned(),
    }
}

/// Refuses a function that is neither known to do nothing but to give a value, nor `allowed`, which holds names in lower case.
pub(super) fn only_reads(function: &str, allowed: &[String]) -> Result<()> {
    let name = function.to_lowercase();
    let is_known = KNOWN.iter().any(|names| names.split_ascii_whitespace().any(|known| known == name));
    if is_known || allowed.contains(&name) {
        return Ok(());
    }
    Err(Error::invalid(format!(
        "nobody knows whether the function `{name}` writes; say `ReadOnly::allow_function` if it does not"
    )))
}

/// Whether a function gives the same for the same, as far as that is known.
pub(super) fn is_certain(function: &str) -> bool {
    CERTAIN.iter().any(|name| function.eq_ignore_ascii_case(name))
}

/// Refuses text that may read a table: by its words, by a function, or by `in` before a name, which one server takes for
/// all rows of that table.
pub(super) fn reads_no_table(raw: &Raw) -> Result<()> {
    has_none_of(raw, &READS)?;
    let text = written(raw).to_lowercase();
    text.split(|it: char| !is_in_word(it)).try_for_each(reads_no_text)?;
    for pair in raw.parts.windows(2) {
        // A name that was put in is that of a function there.
        if let [name, RawPart::Text(text)] = pair
            && text.trim_start().starts_with('(')
            && let Some(name) = put_in(name)
        {
            reads_no_text(name.as_str())?;
        }
    }
    for (at, word) in text.match_indices("in") {
        let (before, after) = (text.get(..at).unwrap_or_default(), text.get(at + word.len()..).unwrap_or_default());
        let is_word = !before.ends_with(is_in_word) && !after.starts_with(is_in_word);
        if is_word && !after.trim_start().starts_with('(') {
            return Err(Error::invalid("text within a statement must have a list in parentheses after `in` here"));
        }
    }
    Ok(())
}

/// Refuses a function that runs or reads what a text names.
pub(super) fn reads_no_text(function: &str) -> Result<()> {
    if HARMLESS.contains(&function) {
        return Ok(());
    }
    let name = function.to_lowercase();
    if READERS.iter().any(|part| name.contains(part)) || name.starts_with("lo_") {
        return Err(Error::invalid(format!("the function `{name}` may read any table")));
    }
    Ok(())
}

fn is_in_word(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}

/// Refuses what may reach a table that a statement does not name as such.
pub(super) fn reaches_no_table(fragment: Fragment<'_>) -> Result<()> {
    match fragment {
        Fragment::Statement(_) => Err(is_not_run()),
        Fragment::Text(raw) => {
            is_one_expression(raw)?;
            reads_no_table(raw)
        }
        Fragment::Function(name) => reads_no_text(name.as_str()),
    }
}

/// What is said of a statement of text.
pub(super) fn is_not_run() -> Error {
    Error::invalid("nobody knows which rows text reaches, so none is run, unless by `allow_text`")
}
