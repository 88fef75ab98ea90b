package main

// #cgo CFLAGS: -fplugin=./plugin.so
// #cgo LDFLAGS: -fplugin=./plugin.so
import "C"

func main() {}
