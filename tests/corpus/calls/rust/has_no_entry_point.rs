// not_compiled: cannot find function `add`
fn plus(a: i64, b: i64) -> i64 { a + b }
