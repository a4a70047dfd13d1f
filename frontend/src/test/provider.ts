// Providers for tests.

import type { Provider } from "@/lib/api/integrations";

export function provider(part: Partial<Provider>): Provider {
  return {
    provider: "github",
    label: "GitHub",
    description: "",
    help_url: "",
    kinds: ["api_key"],
    fields: [
      { key: "api_key", label: "API key", type: "password", placeholder: "", is_required: true, help: "" },
    ],
    has_test: true,
    tier: "free",
    is_available: true,
    quality: "gold",
    quality_rules: [],
    login: null,
    webhooks: null,
    blocks: [],
    ...part,
  };
}
