import { Radio } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./Choices.module.css";

interface Option<T extends string> {
  value: T;
  label: string;
  note?: string;
  picture?: ReactNode;
}

/** One of several cards: radio buttons to the keyboard and to screen readers, cards to the eye. */
export function Choices<T extends string>({ legend, value, options, choose }: { legend: string; value: T; options: readonly Option<T>[]; choose: (value: T) => void }) {
  return (
    <Radio.Group label={legend} value={value} onChange={(chosen) => choose(chosen as T)} classNames={{ label: classes.legend ?? "" }}>
      <div className={classes.cards}>
        {options.map((option) => (
          <Radio.Card key={option.value} value={option.value} className={classes.card ?? ""} aria-label={[option.label, option.note].filter(Boolean).join(", ")}>
            {option.picture}
            <span className={classes.label}>{option.label}</span>
            {option.note && <span className={classes.note}>{option.note}</span>}
          </Radio.Card>
        ))}
      </div>
    </Radio.Group>
  );
}
