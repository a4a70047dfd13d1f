// The control of an input, without label and help: whichever widget its schema gets.

import { ChoiceControl, ChoicesControl } from "@/components/inputs/choice-controls";
import type { ControlProps } from "@/components/inputs/control-props";
import { DictionaryControl } from "@/components/inputs/dictionary-control";
import { FieldsControl } from "@/components/inputs/fields-control";
import { FileControl } from "@/components/inputs/file-control";
import { JsonControl } from "@/components/inputs/json-control";
import { ListControl } from "@/components/inputs/list-control";
import { NumberControl } from "@/components/inputs/number-control";
import { TableControl } from "@/components/inputs/table-control";
import { TemplateControl } from "@/components/inputs/template-control";
import {
  LongTextControl,
  MomentControl,
  SecretControl,
  TextControl,
} from "@/components/inputs/text-controls";
import { CronControl, TimeZoneControl } from "@/components/inputs/time-controls";
import { ToggleControl } from "@/components/inputs/toggle-control";
import { VariantsControl } from "@/components/inputs/variants-control";
import { widgetFor } from "@/components/inputs/widget-for";

import "@/styles/inputs.css";

export function Control(props: ControlProps) {
  const widget = widgetFor(props.schema);
  switch (widget.kind) {
    case "text":
      return <TextControl {...props} />;
    case "long-text":
      return <LongTextControl {...props} />;
    case "code":
      return <LongTextControl {...props} isCode />;
    case "template":
      return <TemplateControl {...props} />;
    case "secret":
      return <SecretControl {...props} />;
    case "date":
    case "time":
    case "date-time":
      return <MomentControl {...props} kind={widget.kind} />;
    case "cron":
      return <CronControl {...props} />;
    case "time-zone":
      return <TimeZoneControl {...props} />;
    case "number":
      return <NumberControl {...props} bounds={widget} />;
    case "toggle":
      return <ToggleControl {...props} />;
    case "choice":
      return <ChoiceControl {...props} options={widget.options} />;
    case "choices":
      return <ChoicesControl {...props} options={widget.options} />;
    case "list":
      return <ListControl {...props} item={widget.item} most={widget.most} />;
    case "dictionary":
      return <DictionaryControl {...props} entry={widget.entry} />;
    case "fields":
      return <FieldsControl {...props} fields={widget.fields} />;
    case "table":
      return <TableControl {...props} columns={widget.columns} isOpen={widget.isOpen} />;
    case "file":
      return <FileControl {...props} />;
    case "json":
      return <JsonControl {...props} />;
    case "variants":
      return <VariantsControl {...props} variants={widget.variants} />;
  }
}
