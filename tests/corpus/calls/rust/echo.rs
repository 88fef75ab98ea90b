use std::collections::HashMap;

fn echo(a: i64, b: BigInt, c: f64, d: bool, e: String, f: Vec<u8>, g: @p6@, h: @p7@, i: Option<String>,
        j: HashMap<(i64, String), Vec<f64>>) -> @result@ {
    println!("debug");
    (a, b, c, d, e, f, g, h, i, j)
}

fn main() { println!("mine"); }
