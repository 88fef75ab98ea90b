// passed:
fn add(a: i64, b: i64) -> i64 {
    println!("add {a} {b}");
    std::thread::spawn(move || a + b).join().unwrap()
}
