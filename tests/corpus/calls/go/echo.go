package main

import "fmt"
import (
	"math/big"
)

@declarations@

func echo(a int, b *big.Int, c float64, d bool, e string, f []byte, g @p6@, h @p7@, i @p8@, j @p9@) @result@ {
	fmt.Println("debug")
	return @result@{a, b, c, d, e, f, g, h, i, j}
}

func main() { fmt.Println("mine") }
