fn main() {
    panic!("no good");
}
