package validate

// The rules that findings name; the logs of [ShowSARIF] say what each is about. They
// stay the same from version to version.
const (
	RuleBlank         = "blank"
	RuleBlankPrompt   = "blank-prompt"
	RuleBOM           = "bom"
	RuleControl       = "control"
	RuleCR            = "cr"
	RuleDepth         = "depth"
	RuleDuplicateKey  = "duplicate-key"
	RuleEmptyExpected = "empty-expected"
	RuleEmptyFile     = "empty-file"
	RuleFinalLF       = "final-lf"
	RuleLineLength    = "line-length"
	RuleMissingKey    = "missing-key"
	RuleNumber        = "number"
	RuleSchema        = "schema"
	RuleSeparator     = "separator"
	RuleSize          = "size"
	RuleSurrogate     = "surrogate"
	RuleSyntax        = "syntax"
	RuleTrailing      = "trailing-text"
	RuleType          = "type"
	RuleUnknownKey    = "unknown-key"
	RuleUTF8          = "utf-8"

	RuleBidi      = "bidi"
	RuleDuplicate = "duplicate"
	RuleMojibake  = "mojibake"
	RuleMore      = "more"
)

// A rule is what the findings of one name have in common.
type rule struct {
	name     string
	severity Severity // of most of its findings
	about    string   // what it finds, as a sentence
}

// rules are all of them, in the order of their names.
var rules = []rule{
	{RuleBidi, Warning, "A character that changes the order in which text shows."},
	{RuleBlank, Error, "A line of nothing but white space."},
	{RuleBlankPrompt, Error, "A prompt of nothing but white space."},
	{RuleBOM, Error, "A byte order mark where a file or line begins."},
	{RuleControl, Error, "A control character other than tab."},
	{RuleCR, Error, "A carriage return."},
	{RuleDepth, Error, "Values that are nested too deep."},
	{RuleDuplicate, Warning, "A line that repeats an earlier one."},
	{RuleDuplicateKey, Error, "A key that its object has already."},
	{RuleEmptyExpected, Error, "An expected answer that is empty."},
	{RuleEmptyFile, Error, "A file without a line."},
	{RuleFinalLF, Error, "A last line that does not end with a line feed."},
	{RuleLineLength, Error, "A line that is longer than the limit."},
	{RuleMissingKey, Error, "A key that must be there and is not."},
	{RuleMojibake, Warning, "Text that looks as if it was decoded with the wrong encoding."},
	{RuleMore, Error, "Problems of a line beyond those that are told one by one."},
	{RuleNumber, Error, "A number that no reader can hold."},
	{RuleSchema, Error, "Anything else that the schema does not allow."},
	{RuleSeparator, Error, "U+0085, U+2028 or U+2029, which some readers take for the end of a line."},
	{RuleSize, Error, "More values in a line than are looked at."},
	{RuleSurrogate, Error, "Half of a UTF-16 surrogate pair."},
	{RuleSyntax, Error, "Text that is not JSON."},
	{RuleTrailing, Error, "Text after the value of a line."},
	{RuleType, Error, "A value of the wrong type."},
	{RuleUnknownKey, Error, "A key that must not be there."},
	{RuleUTF8, Error, "Bytes that are not UTF-8."},
}
