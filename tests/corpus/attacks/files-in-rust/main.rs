use std::fs::File;
fn main() {
    let mut held = Vec::new();
    for _ in 0..5000 {
        held.push(File::open("/dev/null").unwrap());
    }
    println!("breached");
}
