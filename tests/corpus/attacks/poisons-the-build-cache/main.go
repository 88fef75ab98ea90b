package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	entries, _ := filepath.Glob("/opt/lovelace/languages/go/cache/*/*")
	if len(entries) == 0 {
		os.Exit(1)
	}
	if file, err := os.OpenFile(entries[0], os.O_WRONLY, 0); err != nil {
		fmt.Println(err)
	} else {
		file.Close()
		fmt.Println("breached")
	}
}
