console.log("debug")
export function echo(
    a: number, b: bigint, c: number, d: boolean, e: string, f: Uint8Array, g: number[][][][][], h: [number, string],
    i: string | null, j: Map<[number, string], number[]>,
): any {
    const first: number | undefined = g[0]?.[0]?.[0]?.[0]?.[0]
    console.log(first)
    return [a, b, c, d, e, f, g, h, i, j]
}
