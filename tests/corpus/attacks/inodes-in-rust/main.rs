fn main() {
    for n in 0..20_000 {
        if std::fs::create_dir(format!("d{n}")).is_err() {
            std::process::exit(1);
        }
    }
    println!("breached");
}
