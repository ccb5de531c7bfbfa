package clean_test

import (
	"strings"
	"testing"

	"github.com/promptmill/promptmill/convert/clean"
)

func TestCleaner_redact(t *testing.T) {
	same := "" // means that the text stays
	tests := []struct{ in, want string }{
		{"mail bob@example.com now", "mail [EMAIL] now"},
		{"<Bob.O-Neil+tag@mail.example.co.uk>, 'eve_1@x.org'.", "<[EMAIL]>, '[EMAIL]'."},
		{"josé@correo.es и ivan@пример.рф", "[EMAIL] и ivan@пример.рф"},
		{"请写信给bob@example.com谢谢", "请写信给[EMAIL]谢谢"},
		{"a@b.com.", "[EMAIL]."}, {"a@b.com@c.org", "a@[EMAIL]"}, {"a@xn--80ak6aa92e.xn--p1ai", "[EMAIL]"},
		{"mailto:a@b.com?subject=x", "mailto:[EMAIL]?subject=x"},
		{"@user, a@b, a @ b.com, x@y.z, A@B.T, @", same}, {"a.@b.com a@.com a@-b.com", same}, {"a@b.com_x", same},
		{"ping 8.8.8.8.", "ping [IP]."}, {"http://1.1.1.1:80/x", "http://[IP]:80/x"}, {"8.8.8.8/24, (9.9.9.9)", "[IP]/24, ([IP])"},
		{"8.8.8.8:", "[IP]:"},
		{"10.1.2.3 172.16.0.1 192.168.1.1 127.0.0.1 169.254.1.1 100.64.0.1 224.0.0.1 0.0.0.0 255.255.255.255 198.18.0.1", same},
		{"192.0.2.1 198.51.100.7 203.0.113.9 2001:db8::1 fe80::1 ::1 :: fd00::1 ff02::1", same},
		{"1.2.3 1.2.3.4.5 256.1.1.1 08.8.8.8 v8.8.8.8 8.8.8.8a 8.8.8.8_ .8.8.8.8 x-8.8.8.8", same},
		{"2001:4860:4860::8888", "[IP]"}, {"[2606:4700::1111]:53", "[[IP]]:53"}, {"2001:4860::8888: up", "[IP]: up"},
		{"::ffff:8.8.8.8 ::ffff:10.0.0.1", "[IP] ::ffff:10.0.0.1"},
		{"at 20:30:40, aa:bb:cc:dd:ee:ff, std::dec, a::b, 1::2, C::D", same},
		{"1:2:3:4:5:6:7:8", same}, {"fe80::1%eth0", same},
		{"64:ff9b::8.8.8.8 64:ff9b::10.0.0.1", "[IP] 64:ff9b::10.0.0.1"},
		{"8.8.8.8@example.com", "[EMAIL]"},
		{"https://bob:secret@example.com/x?y=z@w", "https://[USER]@example.com/x?y=z@w"},
		{"postgres://admin:p%40ss@localhost:5432/db", "postgres://[USER]@localhost:5432/db"},
		{"ftp://u:p@ss@h, ssh://git@github.com", "ftp://[USER]@h, ssh://[USER]@github.com"},
		{"https://u:p@8.8.8.8:80 https://u@[2606:4700::1111]/", "https://[USER]@[IP]:80 https://[USER]@[[IP]]/"},
		{"https://example.com/@bob https://@x https://a/b@c.org://", "https://example.com/@bob https://@x https://a/[EMAIL]://"},
		{"https://${U}:${P}@host https://[USER]@host ://a@b http://bob@ x", same},
		{"见http://a.com请写信给bob@example.com谢谢", "见http://a.com请写信给[EMAIL]谢谢"},
		{"2001:4860::zoe@example.com", "[IP][EMAIL]"},
		{"8.8.8.8\u0338 8.8.8.8é é8.8.8.8", same},
		{"中8.8.8.8中", "中[IP]中"},
		{"price 1,234.56; 3.14.15.92", "price 1,234.56; [IP]"},
	}
	for _, tt := range tests {
		want := tt.want
		if want == same {
			want = tt.in
		}
		if got, err := clean.New(clean.Options{Redact: true}).String(tt.in); got != want || err != nil {
			t.Errorf("%q becomes %q, %v, want %q", tt.in, got, err, want)
		}
		if got, _ := clean.New(clean.Options{}).String(tt.in); got != tt.in {
			t.Errorf("%q becomes %q though nothing is to be redacted", tt.in, got)
		}
		checkLaws(t, clean.Options{Redact: true}, tt.in)
	}
}

func TestCleaner_redactCounts(t *testing.T) {
	c := clean.New(clean.Options{Redact: true})
	for _, s := range []string{"a@b.com c@d.com", "8.8.8.8", "a@b.com 8.8.8.8", "10.0.0.1"} {
		if _, err := c.String(s); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := hits(c), "e-mail addresses,public IP addresses"; got != want {
		t.Errorf("counted %q, want %q", got, want)
	}
	for _, n := range c.Counts() {
		if n.Values != 0 && n.Values != 2 {
			t.Errorf("%v, want 2", n)
		}
	}
}

// TestCleaner_redactLong: the work is linear in the text.
func TestCleaner_redactLong(t *testing.T) {
	for _, piece := range []string{"a://", "a://b@", "a://b:c@d", "://", "a@", "a@b.", "1.", "1:", "a.b-", "::", "8.8.8.8:", "@b.c", "2001:4860::z@b.com:"} {
		checkLaws(t, clean.Options{Redact: true}, strings.Repeat(piece, 100_000))
	}
}

func TestCleaner_trimLines(t *testing.T) {
	for in, want := range map[string]string{
		"a \nb\t \n\n  c": "a\nb\n\n  c", "a  b": "a  b", "é \n \nb": "é\n\nb", " \n": "\n", "x ": "x",
	} {
		if got, _ := clean.New(clean.Options{TrimLines: true, KeepOuterSpace: true}).String(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
		checkLaws(t, clean.Options{TrimLines: true}, in)
	}
}
