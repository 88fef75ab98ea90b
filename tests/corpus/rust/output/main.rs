fn main() {
    loop {
        print!("{}", "x".repeat(1000));
    }
}
