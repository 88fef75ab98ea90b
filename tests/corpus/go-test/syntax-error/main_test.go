package main

func TestAddition( {
}
