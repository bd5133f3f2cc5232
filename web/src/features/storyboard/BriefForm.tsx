import { Badge, Button, Collapse, Group, Paper, Slider, Stack, Switch, Text, Textarea, Title, UnstyledButton } from "@mantine/core";
import { IconAdjustments, IconWand } from "@tabler/icons-react";
import { useState } from "react";
import type { Model, Schemas } from "@/lib/api";
import { clock, money } from "@/lib/format";
import classes from "./BriefForm.module.css";
import { Choices } from "./Choices";
import { Shape } from "./Shape";

type Brief = Schemas["BriefRequest"];

const EXAMPLES = [
  "A lighthouse at dusk, a storm rolls in, the light comes on",
  "A day in the life of a city cat: rooftops at dawn, the fish market at noon, a warm window at night",
  "How coffee gets from a mountain farm to your cup, told calmly",
];

const SHAPES: [Schemas["AspectRatio"], string][] = [
  ["16:9", "Wide"],
  ["9:16", "Tall"],
  ["1:1", "Square"],
  ["4:5", "Portrait"],
];

const STYLES: [Schemas["Style"], string][] = [
  ["cinematic", "Cinematic"],
  ["documentary", "Documentary"],
  ["anime", "Anime"],
  ["watercolor", "Watercolor"],
  ["noir", "Noir"],
  ["vintage", "Vintage"],
  ["neon", "Neon"],
  ["minimal", "Minimal"],
  ["claymation", "Claymation"],
];

const UNITS: Record<Schemas["Unit"], string> = { second: "a second", run: "a picture", thousand_characters: "1,000 letters" };
const SHORTEST_PROMPT = 10;

interface Props {
  brief: Brief;
  change: (brief: Brief) => void;
  models: readonly Model[];
  plan: () => void;
  planning: boolean;
  /** Once there is a storyboard, it is what counts. */
  compact: boolean;
}

export function BriefForm({ brief, change, models, plan, planning, compact }: Props) {
  const [open, setOpen] = useState(!compact);
  const set = (to: Partial<Brief>) => change({ ...brief, ...to });
  const footage = models.filter(({ kind }) => kind === "video" || kind === "still");
  const short = brief.prompt.trim().length < SHORTEST_PROMPT;

  return (
    <Paper component="form" withBorder radius="lg" className={classes.form ?? ""} onSubmit={(event: React.FormEvent) => (event.preventDefault(), plan())}>
      <Stack gap="md">
        <Title order={1} size={compact ? "h4" : "h2"}>
          {compact ? "Your brief" : "What shall we film?"}
        </Title>
        <Textarea
          aria-label="Brief"
          placeholder="Say what happens, in your own words…"
          autosize
          minRows={compact ? 1 : 3}
          maxRows={8}
          maxLength={2000}
          size="md"
          value={brief.prompt}
          onChange={(event) => set({ prompt: event.currentTarget.value })}
        />
        {!compact && brief.prompt === "" && (
          <Group gap="xs" aria-label="Examples">
            {EXAMPLES.map((example) => (
              <UnstyledButton key={example} className={classes.example ?? ""} onClick={() => set({ prompt: example })}>
                {example}
              </UnstyledButton>
            ))}
          </Group>
        )}
        <Collapse expanded={open}>
          <Stack gap="lg" pt="xs">
            <div className={classes.pair}>
              <div>
                <Group justify="space-between" mb={6}>
                  <Text size="sm" fw={600} id="length">
                    Length
                  </Text>
                  <Text size="sm" className="tabular">
                    {clock(brief.duration)}
                  </Text>
                </Group>
                <Slider aria-labelledby="length" min={5} max={180} step={1} value={brief.duration} onChange={(duration) => set({ duration })} label={(value) => clock(value)} marks={[{ value: 15 }, { value: 30 }, { value: 60 }, { value: 120 }]} />
              </div>
              <Choices legend="Shape" value={brief.aspect_ratio ?? "16:9"} options={SHAPES.map(([value, label]) => ({ value, label, note: value, picture: <Shape ratio={value} /> }))} choose={(aspect_ratio) => set({ aspect_ratio })} />
            </div>
            <Choices legend="Style" value={brief.style ?? "cinematic"} options={STYLES.map(([value, label]) => ({ value, label, picture: <span className={classes.swatch} data-style={value} /> }))} choose={(style) => set({ style })} />
            <Choices
              legend="Model"
              value={brief.model ?? footage.find((model) => model.default)?.id ?? ""}
              options={footage.map((model) => ({ value: model.id, label: model.title, note: `${money(model.price.amount.micros)} ${UNITS[model.price.unit]}${model.kind === "still" ? " · moving stills" : ""}` }))}
              choose={(model) => set({ model })}
            />
            <Group gap="xl">
              <Switch label="Narration" description="A voice tells the story" checked={brief.narration ?? false} onChange={(event) => set({ narration: event.currentTarget.checked })} />
              <Switch label="Music" description="Fits the mood, fades at the end" checked={brief.music ?? true} onChange={(event) => set({ music: event.currentTarget.checked })} />
            </Group>
          </Stack>
        </Collapse>
        <Group justify="space-between">
          <Button type="submit" size="md" loading={planning} disabled={short} leftSection={<IconWand size={18} aria-hidden />} variant={compact ? "default" : "filled"}>
            {compact ? "Plan it anew" : "Plan the storyboard"}
          </Button>
          <Group gap="xs">
            <Badge variant="light" color="gray" tt="none">
              Planning is free
            </Badge>
            <Button variant="subtle" color="gray" size="sm" leftSection={<IconAdjustments size={16} aria-hidden />} aria-expanded={open} onClick={() => setOpen(!open)}>
              {open ? "Fewer choices" : "All choices"}
            </Button>
          </Group>
        </Group>
      </Stack>
    </Paper>
  );
}
