package export_anyhost_hello_greeter

func upper(name string) string {
	panic("no upper case of " + name)
}

func Greet(name string, up bool) string {
	if up {
		return upper(name)
	}
	return "Hello, " + name
}
