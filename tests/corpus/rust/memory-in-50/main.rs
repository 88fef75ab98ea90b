use std::{env, process::Command, thread::sleep, time::Duration};

fn main() {
    if env::args().count() > 1 {
        let hoard = vec![1u8; 8 << 20];
        std::hint::black_box(&hoard);
        sleep(Duration::from_secs(3600));
    }
    for _ in 0..50 {
        Command::new(env::current_exe().unwrap()).arg("child").spawn().unwrap();
    }
    sleep(Duration::from_secs(3600));
}
