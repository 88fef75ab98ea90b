// no_program:defines no such function
fn plus(a: i64, b: i64) -> i64 { a + b }
