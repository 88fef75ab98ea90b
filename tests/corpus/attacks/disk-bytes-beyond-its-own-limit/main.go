package main

import (
	"fmt"
	"os"
)

func main() {
	if err := os.WriteFile("/tmp/filled", make([]byte, 10<<20), 0o600); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("breached")
}
