// Whose account the block uses. A connection is no pin: nothing is linked to it.

import { CredentialsInput } from "@/components/integrations/credentials-input";
import { useCredentials } from "@/components/integrations/credentials-provider";
import { neededProviders, usedElsewhere } from "@/features/builder/panel/connection-choice";
import { problemOf } from "@/features/builder/panel/problem-words";
import { useEditor, useWorkbench } from "@/features/builder/state/context";
import type { Block, Node } from "@/lib/autogpt-server-api/types";
import { setInput } from "@/lib/graph/edit";
import { fieldLabel } from "@/lib/graph/schema";
import { isRecord } from "@/lib/values";

export function ConnectionFields({ node, block }: { node: Node; block: Block | undefined }) {
  const { editor } = useWorkbench();
  const graph = useEditor((state) => state.graph);
  const problems = useEditor((state) => state.problems);
  const isReadOnly = useEditor((state) => state.isReadOnly);
  const credentials = useCredentials() ?? [];
  const constants = node.input_default ?? {};
  return (block?.credentials ?? []).map((field) => {
    const value = constants[field.name];
    const id = isRecord(value) && typeof value.id === "string" ? value.id : null;
    const providers = neededProviders(field, constants);
    const error = problemOf(problems, node.id, (pin) => pin === field.name);
    return (
      <CredentialsInput
        key={field.name}
        label={
          field.name === "credentials"
            ? "Connection"
            : fieldLabel(field.name.replace(/_credentials$/, " connection"))
        }
        provider={providers}
        kinds={field.kinds}
        scopes={field.scopes}
        isRequired={field.is_required}
        value={id}
        preferredId={isReadOnly ? null : usedElsewhere(graph, node.id, providers, credentials)}
        {...(error ? { error } : {})}
        onChange={(chosen) =>
          editor
            .getState()
            .change("Choose a connection", (before) =>
              setInput(before, node.id, field.name, chosen ?? undefined),
            )
        }
      />
    );
  });
}
