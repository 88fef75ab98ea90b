// failed: expected int, got string
function add(a, b) {
    return String(a + b)
}
