// The roles that people have, in words.

import type { Role } from "@/lib/api/people";

export const ROLES: readonly { value: Role; label: string; words: string }[] = [
  { value: "owner", label: "Owner", words: "Everything, people and the audit log included." },
  { value: "editor", label: "Editor", words: "Builds and runs graphs." },
  { value: "viewer", label: "Viewer", words: "Looks, and changes nothing." },
];

export function isRole(text: string): text is Role {
  return ROLES.some((role) => role.value === text);
}
