// Folder, tag and order of the list, kept in the address.

import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";

import { type Option, Select } from "@/components/ui/choice";
import { ALL, choiceOf, chosenValue, wantedGraphs } from "@/features/library/filters";
import { foldersQuery, tagsQuery } from "@/lib/api/graphs";

export function GraphFilters() {
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const folders = useQuery(foldersQuery).data ?? [];
  const tags = useQuery(tagsQuery).data ?? [];
  const change = (changed: Partial<Record<"folder" | "tag" | "sort", string | undefined>>) =>
    void navigate({ to: ".", search: (old) => ({ ...old, ...changed }) });
  const names = folders.map(({ name }) => name);
  return (
    <div className="row flex-wrap">
      {(names.some(Boolean) || search.folder !== undefined) && (
        <Select
          aria-label="Folder"
          className="max-w-44"
          value={choiceOf(search.folder)}
          options={folderOptions(withChosen(names, search.folder))}
          onChange={(choice) => change({ folder: chosenValue(choice) })}
        />
      )}
      {(tags.length > 0 || search.tag) && (
        <Select
          aria-label="Tag"
          className="max-w-36"
          value={choiceOf(search.tag)}
          options={[
            { value: ALL, label: "All tags" },
            ...withChosen(tags, search.tag).map((tag) => ({ value: choiceOf(tag), label: tag })),
          ]}
          onChange={(choice) => change({ tag: chosenValue(choice) })}
        />
      )}
      <div className="push">
        <Select
          aria-label="Order"
          className="min-w-40"
          value={wantedGraphs(search).sort}
          options={[
            { value: "updated", label: "Changed last first" },
            { value: "name", label: "By name" },
          ]}
          onChange={(sort) => change({ sort: sort === "name" ? sort : undefined })}
        />
      </div>
    </div>
  );
}

function folderOptions(names: readonly string[]): Option[] {
  return [
    { value: ALL, label: "All folders" },
    ...names.map((name) => ({ value: choiceOf(name), label: name || "In no folder" })),
  ];
}

/** What is chosen is among the choices, also when nothing is in it any more. */
function withChosen(names: readonly string[], chosen: string | undefined): readonly string[] {
  return chosen === undefined || names.includes(chosen) ? names : [...names, chosen];
}
