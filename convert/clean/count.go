package clean

// A Count says how many values one step of the profile changed.
type Count struct {
	Step   string // the name of the step, the same in every version
	Values int64
}

// step is one step of the profile, in the order in which the profile describes
// them.
type step uint8

const (
	stepInvalid step = iota
	stepBOM
	stepMojibake
	stepNewlines
	stepLines
	stepControls
	stepForm
	stepZeroWidth
	stepBidi
	stepTrimLines
	stepOuterSpace
	stepEmails
	stepAddresses
	stepUsers
	numSteps
)

var stepNames = [numSteps]string{
	stepInvalid:    "invalid UTF-8",
	stepBOM:        "byte order marks",
	stepMojibake:   "mojibake",
	stepNewlines:   "newlines",
	stepLines:      "line separators",
	stepControls:   "control characters",
	stepForm:       "NFC",
	stepZeroWidth:  "zero-width characters",
	stepBidi:       "bidi controls seen",
	stepTrimLines:  "trailing blanks",
	stepOuterSpace: "outer white space",
	stepEmails:     "e-mail addresses",
	stepAddresses:  "public IP addresses",
	stepUsers:      "users in URLs",
}

// steps is a set of steps.
type steps uint16

func (s *steps) add(t step) { *s |= 1 << t }

// Counts returns one Count for every step that the profile has switched on, in the
// order of the profile. A value that two steps changed counts in both. The step
// "bidi controls seen" changes nothing: it counts values that come out with
// characters that make text show in another order than it is stored.
func (c *Cleaner) Counts() []Count {
	out := make([]Count, 0, numSteps)
	for t := range numSteps {
		if c.opts.has(t) {
			out = append(out, Count{Step: stepNames[t], Values: c.counts[t].Load()})
		}
	}
	return out
}

// BidiControls returns how many values came out with characters that make text show in another order than it is stored.
func (c *Cleaner) BidiControls() int64 { return c.counts[stepBidi].Load() }

func (c *Cleaner) count(seen steps) {
	for t := range numSteps {
		if seen&(1<<t) != 0 {
			c.counts[t].Add(1)
		}
	}
}

// has reports whether the profile runs step t.
func (o Options) has(t step) bool {
	switch t {
	case stepInvalid:
		return o.Invalid == InvalidReplace || o.Invalid == InvalidDrop
	case stepBOM:
		return !o.KeepBOM
	case stepMojibake:
		return o.Mojibake != MojibakeOff
	case stepNewlines:
		return !o.KeepNewlines
	case stepLines:
		return o.Lines
	case stepControls:
		return !o.KeepControls
	case stepForm:
		return !o.KeepForm
	case stepZeroWidth:
		return !o.KeepZeroWidth
	case stepTrimLines:
		return o.TrimLines
	case stepEmails, stepAddresses, stepUsers:
		return o.Redact
	case stepOuterSpace:
		return !o.KeepOuterSpace
	default:
		return true
	}
}
