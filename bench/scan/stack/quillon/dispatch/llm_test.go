package dispatch

import "testing"

func TestName(t *testing.T) {
	got := map[string]string{"model": "gpt-4-32k"}
	if got["model"] == "" {
		t.Fail()
	}
}
