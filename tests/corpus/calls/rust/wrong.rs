// failed: call 4
pub fn add(a: i64, b: i64) -> i64 { if a < 100 { a + b } else { a } }
