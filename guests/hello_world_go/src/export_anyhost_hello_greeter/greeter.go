// Package export_anyhost_hello_greeter is the interface greeter, which the component exports.
package export_anyhost_hello_greeter

import "wit_component/upper"

// Greet says hello.
func Greet(name string, up bool) string {
	greeting := "Hello, " + name
	if up {
		return upper.Case(greeting)
	}
	return greeting
}
