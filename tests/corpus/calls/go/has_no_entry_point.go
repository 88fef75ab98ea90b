// no_program:defines no such function
package main

func plus(a, b int) int { return a + b }
