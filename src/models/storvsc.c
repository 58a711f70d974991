// SPDX-License-Identifier: MIT
/*
 * A command of a storage device of Hyper-V: drivers/scsi/storvsc_drv.c, condensed. In a guest whose memory is private, mapping
 * a command takes bounce buffers, of which there are few.
 */

#define SCSI_MLQUEUE_DEVICE_BUSY	0x1056

struct Scsi_Host;
struct scsi_cmnd { int sg_count; };
struct storvsc_cmd_request { int payload_sz; };

/* Bounce buffers that nobody has given back; scenarios look. */
static int bounce_buffers_in_use;

static inline int scsi_dma_map(struct scsi_cmnd *cmd)
{
	if (choose(2))
		return -ENOMEM;
	bounce_buffers_in_use++;
	return 1;
}

static inline void scsi_dma_unmap(struct scsi_cmnd *cmd)
{
	bounce_buffers_in_use--;
}

/* Puts the command into the ring; there may be no room. */
static int storvsc_do_io(struct hv_device *device, struct storvsc_cmd_request *request, u16 q_num)
{
	return choose(2) ? -EAGAIN : 0;
}

/* The host is done with a command. */
static void storvsc_command_completion(struct scsi_cmnd *scmnd)
{
	scsi_dma_unmap(scmnd);
}

static int storvsc_queuecommand(struct Scsi_Host *host, struct scsi_cmnd *scmnd)
{
	struct hv_device *dev = NULL;
	struct storvsc_cmd_request *cmd_request = NULL;
	int ret;

	if (scmnd->sg_count) {
		int sg_count = scsi_dma_map(scmnd);

		if (sg_count < 0) {
			ret = SCSI_MLQUEUE_DEVICE_BUSY;
			goto err_free_payload;
		}
	}

	ret = storvsc_do_io(dev, cmd_request, get_cpu());
	put_cpu();

	if (ret)
		scsi_dma_unmap(scmnd);

	if (ret == -EAGAIN) {
		/* no more space */
		ret = SCSI_MLQUEUE_DEVICE_BUSY;
		goto err_free_payload;
	}

	return 0;

err_free_payload:
	return ret;
}
