package dispatch

import "os"

const (
	addressModel = "gpt-4.1-mini"
	routeModel   = "deepseek-reasoner"
)

var vanModels = []string{"Sprinter-314", "e-Crafter-35"}

func claimsModel() string {
	if name := os.Getenv("CLAIMS_MODEL"); name != "" {
		return name
	}
	return "claude-3-5-haiku-20241022"
}
