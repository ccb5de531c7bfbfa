package jsontext

// AppendSlow is [Append] for valid text without the wide kernel.
func AppendSlow(dst []byte, s string) (_ []byte, ascii bool) { return appendValid(dst, s, false) }

// AppendFast is [Append] for valid text, without its quotes.
func AppendFast(dst []byte, s string) (_ []byte, ascii bool) { return appendValid(dst, s, true) }

// ScanSlow is [Scan] without the wide kernel.
func ScanSlow(b []byte) Inside { return scan(string(b), false) }
