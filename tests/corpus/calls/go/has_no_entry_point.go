// not_compiled: undefined: add
package main

func plus(a, b int) int { return a + b }
