fn main() {
    for i in 0..20000 {
        println!("{i}");
    }
}
