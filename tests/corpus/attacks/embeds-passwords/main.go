package main

import (
	_ "embed"
	"fmt"
)

//go:embed secret
var secret string

func main() {
	fmt.Println("breached", len(secret))
}
