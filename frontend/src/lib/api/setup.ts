// Coming in: the owner's account at the first start, and logging in.

import { api, unwrap } from "@/lib/api/client";
import type { components } from "@/lib/autogpt-server-api/schema";

export type Wizard = components["schemas"]["Wizard"];
export type FirstAccount = components["schemas"]["Setup"];
export type Login = components["schemas"]["Login"];

/** Makes the owner's account and logs them in.
 *
 * @throws ApiError 400 with a path for each field; 401 the token is wrong; 404 there is an owner.
 */
export function makeOwner(account: FirstAccount) {
  return unwrap(api.POST("/api/setup", { body: account }));
}

/** @throws ApiError 401 wrong address or password; 429 too many tries. */
export function logIn(login: Login) {
  return unwrap(api.POST("/api/auth/login", { body: login }));
}
