package hub_test

import (
	"fmt"
	"log"

	"github.com/promptmill/promptmill/convert/hub"
)

func ExampleParseURL() {
	ref, err := hub.ParseURL("hf://datasets/openai/gsm8k@main/main/test")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(ref.Repo, ref.Revision, ref.Config, ref.Split)
	// Output: openai/gsm8k main main test
}
