// Package upper has the upper case of Unicode in full, of which the package unicode has only what is one character: "ß"
// becomes "SS".
package upper

import (
	"strings"
	"unicode"
)

// Case is a text in upper case.
func Case(text string) string {
	var upper strings.Builder
	for _, character := range text {
		if several, ok := specials[character]; ok {
			upper.WriteString(string(several))
		} else {
			upper.WriteRune(unicode.ToUpper(character))
		}
	}
	return upper.String()
}
