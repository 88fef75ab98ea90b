// failed: call 4
function add(a, b) {
    return a < 100 ? a + b : a
}
