import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";

import { InputField } from "@/components/inputs/input-field";
import { unreadControl } from "@/components/inputs/unread";

it("finds the control whose text is no value until that is mended, and no other that is refused", async () => {
  const user = userEvent.setup();
  const { container } = render(
    <>
      <InputField
        name="a"
        label="Name"
        schema={{ type: "string" }}
        value="x"
        onChange={() => {}}
        error="Too short."
      />
      <InputField name="b" label="Times" schema={{ type: "number" }} value={undefined} onChange={() => {}} />
    </>,
  );
  expect(unreadControl(container)).toBeNull();
  const times = screen.getByLabelText("Times");
  await user.type(times, "twelve");
  expect(unreadControl(container)).toBe(times);
  await user.clear(times);
  expect(unreadControl(container)).toBeNull();
});
