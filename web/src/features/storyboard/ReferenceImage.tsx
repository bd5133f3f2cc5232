import { ActionIcon, FileButton, Group, Progress, Text, Tooltip } from "@mantine/core";
import { IconPhoto, IconPhotoOff } from "@tabler/icons-react";
import { useState } from "react";
import { wordsFor } from "@/lib/problems";
import { upload } from "./queries";
import classes from "./ReferenceImage.module.css";

const KINDS = ["image/png", "image/jpeg", "image/webp"];

/** A picture to start from: chosen or dropped, sent straight to the store. */
export function ReferenceImage({ number, id, change }: { number: number; id: string | null; change: (id: string | null) => void }) {
  const [share, setShare] = useState<number | null>(null);
  const [error, setError] = useState<string | null>(null);

  const take = async (file: File | null | undefined) => {
    if (!file) return;
    if (!KINDS.includes(file.type)) return setError("PNG, JPEG or WebP, please");
    setError(null);
    setShare(0);
    try {
      change(await upload(file, setShare));
    } catch (failed) {
      setError(wordsFor(failed).text);
    } finally {
      setShare(null);
    }
  };

  const drop = (event: React.DragEvent) => {
    event.preventDefault();
    void take(event.dataTransfer.files[0]);
  };

  return (
    <Group gap={6} wrap="nowrap" className={classes.slot ?? ""} onDragOver={(event) => event.preventDefault()} onDrop={drop}>
      <Text size="xs" c={error ? "red" : "dimmed"} role={error ? "alert" : undefined}>
        {error ?? (id ? "Starts from your picture" : share === null ? "Drop a picture" : "Sending…")}
      </Text>
      {share !== null && <Progress value={share * 100} w={48} aria-label={`Upload for scene ${number}`} />}
      {id ? (
        <Tooltip label="Without the picture">
          <ActionIcon variant="subtle" color="gray" aria-label={`Take the picture off scene ${number}`} onClick={() => change(null)}>
            <IconPhotoOff size={16} />
          </ActionIcon>
        </Tooltip>
      ) : (
        <FileButton accept={KINDS.join()} onChange={(file) => void take(file)}>
          {(props) => (
            <Tooltip label="Start from a picture">
              <ActionIcon {...props} variant="subtle" color="gray" aria-label={`Picture for scene ${number}`}>
                <IconPhoto size={16} />
              </ActionIcon>
            </Tooltip>
          )}
        </FileButton>
      )}
    </Group>
  );
}
