package clean

import "fmt"

// Options is a cleaning profile. The zero value is the default one: every step on,
// invalid UTF-8 an error.
type Options struct {
	Invalid  Invalid  // what to do with values that are not valid UTF-8
	Mojibake Mojibake // how far to go in repairing text that was decoded with the wrong encoding

	// Lines turns the line ends that only some readers see (U+0085, U+2028, U+2029)
	// into line feeds, for outputs where a line is a record.
	Lines bool

	TrimLines bool // remove spaces and tabs at the end of every line
	// Redact puts [EMAIL], [IP] and [USER] in the place of e-mail addresses, public IP addresses, and the user and password
	// of a URL. Addresses of private networks, documentation and the like stay.
	Redact bool

	KeepBOM        bool // leave U+FEFF where it is
	KeepNewlines   bool // leave CR LF and CR
	KeepControls   bool // leave terminal escapes, control characters and noncharacters
	KeepForm       bool // leave the Unicode normal form as it is
	KeepZeroWidth  bool // leave U+200B and U+2060
	KeepOuterSpace bool // leave white space at the start and end
}

// Invalid says what becomes of a value that is not valid UTF-8.
type Invalid uint8

// The policies for invalid UTF-8.
const (
	InvalidError   Invalid = iota // [Cleaner.String] returns an [*UTF8Error]
	InvalidReplace                // every run of bad bytes becomes U+FFFD
	InvalidDrop                   // [Cleaner.String] returns [ErrDrop]
)

var invalidNames = [...]string{InvalidError: "error", InvalidReplace: "replace", InvalidDrop: "drop"}

// String returns the policy as [ParseInvalid] reads it.
func (p Invalid) String() string {
	if int(p) < len(invalidNames) {
		return invalidNames[p]
	}
	return fmt.Sprintf("Invalid(%d)", uint8(p))
}

// ParseInvalid returns the policy called name: error, replace or drop.
func ParseInvalid(name string) (Invalid, error) {
	for p, n := range invalidNames {
		if n == name {
			return Invalid(p), nil
		}
	}
	return 0, fmt.Errorf("policy for invalid UTF-8 %q: use error, replace or drop", name)
}

// Mojibake says which mojibake is repaired.
type Mojibake uint8

// The levels of mojibake repair.
const (
	// MojibakeSafe repairs what cannot be meant as it stands: the three or four
	// characters that a punctuation mark, symbol or emoji turns into when its UTF-8 is
	// read as Windows-1252 or Latin-1.
	MojibakeSafe Mojibake = iota
	MojibakeOff           // nothing is repaired
	// MojibakeFull repairs also text that is, as a whole or in a piece, UTF-8 read in one of the common code pages of one
	// byte (Windows, ISO 8859, Mac OS, IBM), several times over if need be, where something in it cannot be meant as it
	// stands; and gives C1 controls the characters of Windows-1252.
	MojibakeFull
)

var mojibakeNames = [...]string{MojibakeSafe: "safe", MojibakeOff: "off", MojibakeFull: "full"}

// String returns the level as [ParseMojibake] reads it.
func (m Mojibake) String() string {
	if int(m) < len(mojibakeNames) {
		return mojibakeNames[m]
	}
	return fmt.Sprintf("Mojibake(%d)", uint8(m))
}

// ParseMojibake returns the level called name: safe, off or full.
func ParseMojibake(name string) (Mojibake, error) {
	for m, n := range mojibakeNames {
		if n == name {
			return Mojibake(m), nil
		}
	}
	return 0, fmt.Errorf("mojibake repair %q: use safe, full or off", name)
}
