fn main() {
    println!("before");
    eprintln!("sorry");
    std::process::exit(3);
}
