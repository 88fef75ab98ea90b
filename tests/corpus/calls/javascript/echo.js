console.log("debug")
export function echo(...given) {
    console.error(given.length)
    return given
}
