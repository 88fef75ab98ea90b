// crashed: call 1 raised no
fn add(_a: i64, _b: i64) -> i64 { panic!("no") }
